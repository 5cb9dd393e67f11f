import * as tf from '@tensorflow/tfjs';
import {block, magnitude, perWeight, random, report, taylor} from 'tfjs-pruning';
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
