import * as tf from '@tensorflow/tfjs';
import {block, global, magnitude, perWeight, random, report, taylor} from 'tfjs-pruning';
import {autoPrune} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {expectRefusal} from '../support/state';

const inputs = tf.randomNormal([256, 8], 0, 1, 'float32', 7);
const classes = tf.tidy(() =>
  tf.cast(tf.greater(inputs.slice([0, 0], [-1, 1]), 0), 'float32'),
) as tf.Tensor2D;
const part = (tensor: tf.Tensor, start: number, size: number) => tensor.slice([start, 0], [size, -1]);
const data = {
  x: part(inputs, 0, 192),
  y: part(classes, 0, 192),
  validationData: [part(inputs, 192, 64), part(classes, 192, 64)] as [tf.Tensor, tf.Tensor],
};

async function trained(): Promise<tf.Sequential> {
  const kernelInitializer = tf.initializers.glorotUniform({seed: 1});
  const model = tf.sequential({
    layers: [
      prunableDense({units: 16, inputShape: [8], activation: 'relu', kernelInitializer, name: 'hidden'}),
      prunableDense({units: 1, activation: 'sigmoid', kernelInitializer, name: 'output'}),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.02), loss: 'binaryCrossentropy', metrics: ['accuracy']});
  await model.fit(data.x, data.y, {epochs: 15, verbose: 0, shuffle: false});
  return model;
}

const keepLowest = ({value}: {value: tf.Tensor}) => tf.neg(tf.abs(value));

it('autoPrune() chooses the candidate with the best metric at equal sparsity, and prunes within the budget', async () => {
  const model = await trained();
  const result = await autoPrune(model, data, {
    maxDrop: 0.05,
    candidates: {
      magnitude: {importance: magnitude()},
      inverse: {importance: keepLowest},
      random: {importance: random()},
    },
    trial: {sparsity: 0.75},
    fit: {epochs: 10, shuffle: false},
  });
  expect(result.tried.map(({name}) => name)).toEqual(['magnitude', 'inverse', 'random']);
  const figures = Object.fromEntries(result.tried.map(({name, metric}) => [name, metric]));
  expect(figures[result.best]).toBe(Math.max(...Object.values(figures)));
  expect(figures.magnitude).toBeGreaterThan(figures.inverse);
  const accepted = result.rounds.filter((round) => round.accepted).map(({sparsity}) => sparsity);
  expect(report(model).total.sparsity).toBeCloseTo(Math.max(0, ...accepted), 10);
  expect(accepted.length).toBeGreaterThan(0);
  expect(`${result}`).toMatch(/val_acc at 0.75.*magnitude/s);
});

it('autoPrune() tries magnitude, taylor and fisher by default', async () => {
  const {tried} = await autoPrune(await trained(), data, {trial: {sparsity: 0.5}, fit: {epochs: 2}});
  expect(tried).toEqual(
    ['magnitude', 'taylor', 'fisher'].map((name) => ({name, metric: expect.any(Number)})),
  );
});

it('autoPrune() reports a candidate whose trial fails, and tries the others', async () => {
  const model = await trained();
  const broken = {
    importance: () => {
      throw new Error('broken');
    },
  };
  const result = await autoPrune(model, data, {
    candidates: {broken, magnitude: {}},
    maxDrop: 1,
    fit: {epochs: 2},
  });
  expect(result.tried[0]).toEqual({name: 'broken', metric: Number.NaN, error: 'broken'});
  expect(result.best).toBe('magnitude');
  const before = model.getWeights().map((weight) => weight.dataSync());
  await expect(autoPrune(model, data, {candidates: {broken}})).rejects.toThrow(
    'autoPrune: no candidate could be tried: broken: broken',
  );
  expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
});

it('autoPrune() trains no batch for a candidate that does not fit the model', async () => {
  const model = await trained();
  const train = jest.spyOn(model.optimizer, 'applyGradients');
  const wrong = {nobody: {allocation: perWeight({nobody: 0.5})}, uncalled: {pattern: block as never}};
  await expectRefusal(
    model,
    () => autoPrune(model, data, {candidates: wrong}),
    /^autoPrune: no candidate could be tried: nobody: perWeight: no weight .*uncalled: pruning: pattern must be .* call it, as block\(…\)$/,
  );
  expect(train).not.toHaveBeenCalled();
});

it('autoPrune() removes a share of the channels first for a candidate that asks for it, and returns the smaller model', async () => {
  const model = await trained();
  const result = await autoPrune(model, data, {
    maxDrop: 0.2,
    candidates: {narrow: {channels: 0.5, importance: taylor(), allocation: global()}},
    trial: {sparsity: 0.75},
    until: {sparsity: 0.9},
    step: 0.25,
    fit: {epochs: 14, shuffle: false},
  });
  expect(result.tried).toEqual([{name: 'narrow', metric: expect.any(Number)}]);
  expect(result.tried[0].metric).toBeGreaterThan(0.5);
  expect(report(result.model).weights.map(({shape}) => shape)).toEqual([
    [8, 8],
    [8, 1],
  ]);
  // 10 % of the 144 weights of the wide network.
  expect(report(result.model).total.kept).toBeGreaterThanOrEqual(14);
  const {sparsity} = report(result.model).total;
  const accepted = result.rounds.filter((round) => round.accepted).map((round) => round.sparsity);
  expect(sparsity).toBeCloseTo(accepted.at(-1) as number, 10);
  expect(accepted.length).toBeGreaterThan(2);
  const lengths = Object.values(result.history).map((values) => values.length);
  expect(new Set(lengths).size).toBe(1);
  expect(lengths[0]).toBe((result.rounds.at(-1)?.epoch as number) + 2);
});

it('autoPrune() leaks no tensors in trials of narrow networks', async () => {
  const model = await trained();
  const candidates = {
    narrow: {channels: 0.5},
    magnitude: {},
    broken: {channels: 0.5, importance: () => tf.scalar(1)},
  };
  const options = {candidates, maxDrop: 1, fit: {epochs: 2}};
  await autoPrune(model, data, options);
  const before = tf.memory().numTensors;
  const {model: pruned, history} = await autoPrune(model, data, options);
  tf.dispose(Object.values(history).flat() as tf.Tensor[]);
  if (pruned !== model) pruned.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('autoPrune() rejects wrong arguments', async () => {
  const model = await trained();
  await expect(autoPrune(model, data, {candidates: {}})).rejects.toThrow('there are no candidates to try');
  await expect(autoPrune(model, {...data, validationData: undefined as never})).rejects.toThrow(
    'autoPrune: data must be {x, y, validationData: [x, y]}',
  );
  await expect(autoPrune(model, data, {budget: 1} as never)).rejects.toThrow(
    'autoPrune: unknown option "budget"',
  );
  for (const [recipe, message] of [
    [{importance: taylor}, /^autoPrune: candidate mine: importance must be .* call it, as taylor\(\)$/],
    [{pattern: 'channel'}, /^autoPrune: candidate mine: pattern must be .*, got "channel"$/],
    [{channels: 1}, /^autoPrune: candidate mine: channels must be a share in \(0, 1\), got 1$/],
    [
      {channels: 0.5, statistics: new Map()},
      /^autoPrune: candidate mine: statistics do not fit the network without channels; give data/,
    ],
    [{groups: true}, /^autoPrune: candidate mine: groups tie channels/],
    [{sparsity: 0.5}, /^autoPrune: candidate mine: unknown option "sparsity"/],
  ] as const) {
    await expectRefusal(
      model,
      () => autoPrune(model, data, {candidates: {magnitude: {}, mine: recipe as never}}),
      message,
    );
  }
  await expect(autoPrune(model, data, {monitor: 'val_f1'})).rejects.toThrow('the logs have no "val_f1"');
});
