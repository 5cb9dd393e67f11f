import * as tf from '@tensorflow/tfjs';
import {
  block,
  channel,
  element,
  inputChannel,
  kernel,
  layer,
  nOfM,
  type Pattern,
  prunableWeights,
  prune,
  threshold,
} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from '../support/memory';
import {convNet, masksOf, mlp, oneDense} from '../support/models';
import {expectRefusal, stateOf} from '../support/state';

const patterns: [name: string, make: () => Pattern][] = [
  ['element()', element],
  ['channel()', channel],
  ['inputChannel()', inputChannel],
  ['kernel()', kernel],
  ['block(2, 2)', () => block(2, 2)],
  ["block(2, 3, {pool: 'max'})", () => block(2, 3, {pool: 'max'})],
  ['nOfM({n: 2, m: 4})', () => nOfM({n: 2, m: 4})],
  ['layer()', layer],
];

/** Models of one layer of each kind; all accept integers as inputs. */
const layers: [kind: string, layer: () => tf.layers.Layer][] = [
  ['dense', () => tf.layers.dense({units: 5, inputShape: [6]})],
  ['conv1d', () => tf.layers.conv1d({filters: 3, kernelSize: 2, inputShape: [6, 5]})],
  ['conv2d', () => tf.layers.conv2d({filters: 3, kernelSize: [2, 3], inputShape: [4, 4, 5]})],
  ['conv3d', () => tf.layers.conv3d({filters: 3, kernelSize: 2, inputShape: [3, 3, 3, 2]})],
  ['conv2dTranspose', () => tf.layers.conv2dTranspose({filters: 3, kernelSize: 2, inputShape: [3, 3, 5]})],
  ['conv3dTranspose', () => tf.layers.conv3dTranspose({filters: 3, kernelSize: 2, inputShape: [2, 2, 2, 4]})],
  ['depthwise', () => tf.layers.depthwiseConv2d({kernelSize: 2, depthMultiplier: 3, inputShape: [4, 4, 2]})],
  [
    'separable',
    () => tf.layers.separableConv2d({filters: 5, kernelSize: 2, depthMultiplier: 3, inputShape: [4, 4, 2]}),
  ],
  ['embedding', () => tf.layers.embedding({inputDim: 5, outputDim: 3, inputShape: [4]})],
  ['simpleRNN', () => tf.layers.simpleRNN({units: 3, inputShape: [4, 2]})],
  ['gru', () => tf.layers.gru({units: 3, inputShape: [4, 2]})],
  ['lstm', () => tf.layers.lstm({units: 3, inputShape: [4, 2]})],
  [
    'convLstm2d',
    () => tf.layers.convLstm2d({filters: 3, kernelSize: 2, inputShape: [3, 4, 4, 2]}) as tf.layers.Layer,
  ],
];

describe.each(layers)('a layer of kind %s', (_, make) => {
  let model: tf.LayersModel;
  const names = () => model.layers.map(({name}) => name);

  beforeAll(async () => {
    model = await prunable(tf.sequential({layers: [make()]}));
  });
  beforeEach(() => {
    for (const {value, mask} of prunableWeights(model)) {
      tf.tidy(() => value.assign(tf.randomNormal(value.shape, 0, 1, 'float32', value.size)));
      tf.tidy(() => mask.assign(tf.onesLike(mask)));
    }
  });

  it.each(patterns)('has consecutive units for %s, which are pruned whole', async (_, makePattern) => {
    const pattern = makePattern();
    await expectNoLeakedTensors(() => prune(model, 0.5, {pattern, where: names().slice(-1)}));
    const masks = masksOf(model);
    prunableWeights(model).forEach((weight, i) => {
      const {units, unitOf} = pattern(weight);
      const states = Array.from({length: units}, () => new Set<number>());
      masks[i].forEach((bit, at) => {
        states[unitOf === undefined ? at : unitOf[at]].add(bit);
      });
      expect(states.every(({size}) => size === 1)).toBe(true);
    });
    expect(masks.flat()).toContain(1);
  });

  it.each(patterns)('never frees with %s, and is pruned the same by a threshold', async (_, makePattern) => {
    const recipe = {pattern: makePattern(), where: names().slice(-1)};
    await prune(model, 0.5);
    const before = masksOf(model);
    await prune(model, threshold({quantile: 0.4}), recipe);
    await prune(model, threshold({std: 0.1}), recipe);
    masksOf(model).forEach((mask, i) => {
      expect(mask.every((bit, at) => bit <= before[i][at])).toBe(true);
    });
  });
});

it.each(patterns)('%s at sparsity 0 changes nothing', async (_, make) => {
  const model = convNet();
  const before = stateOf(model);
  await prune(model, 0, {pattern: make(), where: ['conv', 'output']});
  expect(stateOf(model)).toEqual(before);
});

const wrong: [what: string, pattern: (weight: {value: tf.Tensor}) => unknown, message: string][] = [
  [
    'numbers of another length',
    () => ({units: 2, unitOf: Int32Array.of(0, 1, 0)}),
    'prune: weight "hidden/kernel" of shape [4,6] has 24 elements, and the pattern gave numbers to 3',
  ],
  ['another number of units', () => ({units: 3}), 'has 24 elements, and the pattern gave 3 units'],
  [
    'a number past the last unit',
    ({value}) => ({units: 2, unitOf: new Int32Array(value.size).fill(2)}),
    'the pattern gave one of them the number 2 of 2 units',
  ],
  [
    'a negative number',
    ({value}) => ({units: 2, unitOf: new Int32Array(value.size).fill(-1)}),
    'the pattern gave one of them the number -1 of 2 units',
  ],
  [
    'an empty unit',
    ({value}) => ({units: 2, unitOf: new Int32Array(value.size)}),
    'the pattern gave none of them the number 1 of 2 units',
  ],
  [
    'nothing',
    () => undefined,
    'prune: pattern must return a numbering of elements into units, got undefined',
  ],
];

it.each(wrong)('prune() throws for a custom pattern that returns %s', async (_, pattern, message) => {
  const model = mlp();
  const recipe = {pattern: pattern as never};
  await expectRefusal(model, () => prune(model, 0.5, recipe), message);
});

it('prune() throws for a custom pattern whose select() does not mark each unit', async () => {
  const model = mlp();
  const pattern = Object.assign(element(), {select: () => Uint8Array.of(1)});
  await expectRefusal(
    model,
    () => prune(model, 0.5, {pattern}),
    'prune: the pattern must mark each of the 24 units of weight "hidden/kernel", got a Uint8Array of 1 bytes',
  );
});

it('nOfM() throws for an axis that a weight does not have', async () => {
  const model = convNet();
  await expectRefusal(
    model,
    () => prune(model, 0.5, {pattern: nOfM({n: 2, m: 4, axis: 2})}),
    'nOfM: weight "output/kernel" of shape [64,3] has no axis 2',
  );
});

it('threshold() compares the scores pooled by the pattern', async () => {
  const kernelOf = () =>
    oneDense([
      [1, 5, 6],
      [1, 1, 6],
    ]);
  const [mean, max] = [kernelOf(), kernelOf()];
  await prune(mean, threshold(4), {pattern: block(2, 1)});
  await prune(max, threshold(4), {pattern: block(2, 1, {pool: 'max'})});
  // The means are 1, 3 and 6, the maxima 1, 5 and 6.
  expect(masksOf(mean)).toEqual([[0, 0, 1, 0, 0, 1]]);
  expect(masksOf(max)).toEqual([[0, 1, 1, 0, 1, 1]]);
});
