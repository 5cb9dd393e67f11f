import * as tf from '@tensorflow/tfjs';
import {activation, global, magnitude, measure, prune, type Recipe, sensitivity, taylor} from 'tfjs-pruning';
import {evaluation, pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {statistic} from 'tfjs-pruning/statistics';
import './support/cpu';
import {expectNoLeakedTensors} from './support/memory';
import {masksOf} from './support/models';

const x = tf.tensor2d([
  [1, 0.5, -1],
  [2, 0, 1],
  [-1, 3, 0.25],
  [0.5, 0.5, 0.5],
]);
const y = tf.tensor2d([[1], [0], [1], [0.5]]);

function network({compiled = true, frozen = false} = {}): tf.Sequential {
  const kernelInitializer = (seed: number) => tf.initializers.glorotNormal({seed});
  const model = tf.sequential({
    layers: [
      prunableDense({units: 4, inputShape: [3], activation: 'relu', kernelInitializer: kernelInitializer(1)}),
      prunableDense({units: 1, kernelInitializer: kernelInitializer(2)}),
    ],
  });
  model.layers[0].trainable = !frozen;
  if (compiled) model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
  return model;
}

describe('prune with data', () => {
  it.each([false, true])('scores by the statistics of measure(), with frozen layers: %p', async (frozen) => {
    const [one, other] = [network({frozen}), network({frozen})];
    const importance = taylor();
    await prune(one, 0.5, {importance, data: [x, y], allocation: global()});
    const statistics = await measure(other, x, y, {needs: importance.needs});
    const {skipped} = await prune(other, 0.5, {importance, statistics, allocation: global()});
    expect(skipped).toEqual([]);
    expect(masksOf(one)).toEqual(masksOf(other));
  });

  it('accepts x alone if no gradients are needed, also for a model that is not compiled', async () => {
    const model = network({compiled: false});
    const {skipped} = await prune(model, 0.5, {importance: activation(), data: [x]});
    expect(skipped).toEqual([]);
  });

  it('does not use the data for an importance without needs', async () => {
    const [one, other] = [network(), network()];
    await prune(one, 0.5, {data: [x, y], importance: magnitude()});
    await prune(other, 0.5);
    expect(masksOf(one)).toEqual(masksOf(other));
  });

  it('leaks no tensors', async () => {
    const model = network();
    await prune(model, 0.1);
    await expectNoLeakedTensors(() => prune(model, 0.5, {importance: taylor(), data: [x, y]}));
  });

  it('measures a custom statistic', async () => {
    const model = network({compiled: false});
    const meanInput = statistic({
      name: 'meanInput',
      source: 'inputs',
      add: (before, [input]) => [before ? tf.add(before[0], tf.sum(input, 0)) : tf.sum(input, 0)],
      result: ([sums], count) => tf.div(sums, count),
    });
    const seen: number[][] = [];
    const importance = Object.assign(
      ({value, statistics}: Parameters<ReturnType<typeof magnitude>>[0]) => {
        seen.push([...statistics.meanInput]);
        return tf.abs(value);
      },
      {needs: [meanInput]},
    );
    await prune(model, 0.5, {importance, data: [x]});
    expect(seen[0]).toEqual([0.625, 1, 0.1875]);
  });

  it.each<[string, Partial<Recipe>, RegExp]>([
    ['no list', {data: x as never}, /^prune: data must be \[x, y\], or \[x\] without targets, got /],
    ['three of them', {data: [x, y, y] as never}, /^prune: data must be \[x, y\]/],
    ['no tensors', {data: [[[1, 2]] as never]}, /^prune: data must be tensors or lists of tensors, got/],
    [
      'not a list of tensors, also if unused',
      {importance: magnitude(), data: [1 as never]},
      /^prune: data must be tensors/,
    ],
    [
      'no targets',
      {data: [x]},
      /^prune: the importance needs gradients of the loss, which require targets; give y/,
    ],
    [
      'fewer targets',
      {data: [x, tf.tensor2d([[1]])]},
      /^prune: x and y must have the same number of examples/,
    ],
    [
      'targets of another shape than the outputs',
      {data: [x, tf.zeros([4, 5])]},
      /^prune: target expected .* shape \[1\] .* shape \[4,5\]\); give x and y as to fit$/,
    ],
    [
      'inputs of another shape than the model',
      {data: [tf.zeros([4, 7]), y]},
      /^prune: input expected .* shape \[3\] .* shape \[4,7\]\); give x and y as to fit$/,
    ],
    [
      'targets for two outputs',
      {data: [x, [y, y]]},
      /^prune: data has 1 inputs and 2 targets, the model 1 inputs and 1 outputs$/,
    ],
    [
      'given together with statistics',
      {data: [x, y], statistics: new Map()},
      /^prune: statistics and data exclude each other/,
    ],
  ])('that is %s is an error in the name of prune', async (_, rest, message) => {
    const model = network();
    await expect(prune(model, 0.5, {importance: taylor(), ...rest})).rejects.toThrow(message);
    expect(masksOf(model).flat()).not.toContain(0);
  });

  it('of a model without a loss names the model', async () => {
    const model = network({compiled: false});
    await expect(prune(model, 0.5, {importance: taylor(), data: [x, y]})).rejects.toThrow(
      /^prune: model ".*" has no loss; compile it first/,
    );
  });
});

it('measure(), sensitivity(), evaluation() and pruning() reject targets of another shape in their own names', async () => {
  const wrong = tf.zeros([4, 5]);
  const message = (who: string) =>
    new RegExp(`^${who}: target expected .* shape .4,5.\\); give x and y as to fit$`);
  const {needs} = taylor();
  const model = network();
  await expectNoLeakedTensors(async () => {
    await expect(measure(model, x, wrong, {needs})).rejects.toThrow(message('measure'));
    await expect(sensitivity(model, x, wrong, {sparsities: [0.5], metric: 'loss'})).rejects.toThrow(
      message('sensitivity'),
    );
  });
  const fitted = (callback: tf.Callback) =>
    network().fit(x, y, {epochs: 2, verbose: 0, callbacks: [callback]});
  await expect(fitted(evaluation({data: [x, wrong]}))).rejects.toThrow(message('evaluation'));
  const recipe = {importance: taylor(), data: [x, wrong]} as const;
  await expect(fitted(pruning({schedule: () => 0.5, ...recipe}))).rejects.toThrow(message('pruning'));
});

it('measure() takes targets without a second dimension as fit does', async () => {
  const {needs} = taylor();
  const flat = await measure(network(), x, y.flatten(), {needs});
  const weights = [...(await measure(network(), x, y, {needs})).values()];
  expect([...flat.values()]).toEqual(weights);
});

it('sensitivity() measures once, on the model before pruning', async () => {
  const options = {sparsities: [0.3, 0.6], metric: 'loss'};
  const found = await sensitivity(network(), x, y, {
    ...options,
    recipe: {importance: taylor(), data: [x, y]},
  });
  const model = network();
  const statistics = await measure(model, x, y, {needs: taylor().needs});
  const expected = await sensitivity(model, x, y, {...options, recipe: {importance: taylor(), statistics}});
  expect(found.weights.map(({figures}) => figures)).toEqual(expected.weights.map(({figures}) => figures));
});

describe('pruning in fit', () => {
  it('measures on the data at each update, so that frozen layers are pruned', async () => {
    const [one, other] = [network({frozen: true}), network({frozen: true})];
    const recipe = {importance: taylor(), data: [x, y]} as const;
    await one.fit(x, y, {
      epochs: 2,
      verbose: 0,
      callbacks: [pruning({schedule: () => 0.5, begin: 0, end: 0, ...recipe})],
    });
    await prune(other, 0.5, recipe);
    expect(masksOf(one)).toEqual(masksOf(other));
  });

  it('throws before the first batch if the data are insufficient', async () => {
    const model = network();
    const callback = pruning({schedule: () => 0.5, importance: taylor(), data: [x]});
    await expect(model.fit(x, y, {epochs: 3, verbose: 0, callbacks: [callback]})).rejects.toThrow(
      /^pruning: the importance needs gradients/,
    );
  });

  it('keeps counts of units from a schedule', async () => {
    const model = network();
    const callback = pruning({
      schedule: (progress) => ({keep: 14 - 6 * progress}),
      end: 1,
      allocation: global(),
    });
    await model.fit(x, y, {epochs: 2, verbose: 0, callbacks: [callback]});
    const kept = callback.results.map(({weights}) => weights.reduce((sum, weight) => sum + weight.kept, 0));
    expect(kept).toEqual([14, 8]);
    expect(callback.results.map(({asked}) => asked)).toEqual([{keep: 14}, {keep: 8}]);
  });

  it('throws before the first batch if a count exceeds the number of units', async () => {
    const callback = pruning({schedule: () => ({keep: 17}), end: 1});
    await expect(network().fit(x, y, {epochs: 3, verbose: 0, callbacks: [callback]})).rejects.toThrow(
      'pruning: keep must be at most 16, the number of units, got 17',
    );
  });
});
