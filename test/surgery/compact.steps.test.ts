import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, graph, prunableWeights, prune} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {seeded} from '../support/models';
import {saveAndLoad} from '../support/saving';

const {layers} = tf;
type Layer = tf.layers.Layer;
type Symbolic = tf.SymbolicTensor;

const apply = (layer: Layer, input: Symbolic | Symbolic[]) => layer.apply(input) as Symbolic;
const perStep = (layer: Layer, more: object = {}) =>
  layers.timeDistributed({layer: layer as never, ...more}) as Layer;
const init = (seed: number) => ({kernelInitializer: seeded(seed), biasInitializer: seeded(seed + 50)});
const dense = (units: number, name: string, more: object = {}) =>
  layers.dense({units, name, ...init(name.length + units), ...more});
const conv = (filters: number, name: string, more: object = {}) =>
  layers.conv2d({filters, kernelSize: 3, padding: 'same', name, ...init(name.length + filters), ...more});

/** A convolutional model that sees each image of a film. */
function film(): tf.LayersModel {
  const frame = tf.sequential({
    name: 'frame',
    layers: [
      layers.inputLayer({inputShape: [5, 5, 4]}),
      conv(8, 'a', {activation: 'relu'}),
      layers.batchNormalization({betaInitializer: seeded(90), name: 'norm'}),
      conv(6, 'bb'),
      layers.globalAveragePooling2d({}),
    ],
  });
  return tf.sequential({
    layers: [
      perStep(conv(4, 'stem'), {name: 'stem', inputShape: [3, 5, 5, 2]}),
      perStep(frame, {name: 'frames'}),
      layers.gru({units: 4, name: 'gru', recurrentInitializer: seeded(91), ...init(92)}),
      dense(2, 'out'),
    ],
  });
}

/** A model with a residual and a branch that is added, called at each step. */
function branches(): tf.LayersModel {
  const inner = tf.input({shape: [6]});
  const x = apply(dense(6, 'x', {activation: 'relu'}), inner);
  const branch = apply(dense(6, 'branch', {useBias: false}), x);
  const residual = apply(layers.add({name: 'add'}), [x, branch]);
  const model = tf.model({inputs: inner, outputs: apply(dense(5, 'y'), residual)});
  const input = tf.input({shape: [4, 3]});
  const before = apply(dense(6, 'before', {activation: 'sigmoid'}), input);
  return tf.model({
    inputs: input,
    outputs: apply(dense(2, 'out'), apply(perStep(model, {name: 'each'}), before)),
  });
}

/** A wrapper of a model that is called twice. */
function shared(): tf.LayersModel {
  const each = perStep(
    tf.sequential({layers: [dense(6, 'x', {inputShape: [4], activation: 'tanh'}), dense(4, 'y')]}),
    {name: 'each'},
  );
  const input = tf.input({shape: [3, 4]});
  const twice = apply(each, apply(layers.reLU(), apply(each, input)));
  return tf.model({inputs: input, outputs: apply(dense(2, 'out'), twice)});
}

async function halved(make: () => tf.LayersModel) {
  const model = await prunable(make());
  await prune(model, 0.5, {pattern: channel()});
  return {model, small: await compact(model)};
}

describe('compact of a model at each step', () => {
  it.each([
    [
      'a Sequential of convolutions',
      film,
      {'frames/a': [8, 4], 'frames/bb': [6, 3], stem: [4, 2], gru: [4, 2]},
    ],
    ['a graph with a residual', branches, {'each/x': [6, 3], before: [6, 3]}],
    ['a wrapper that is called twice', shared, {'each/x': [6, 3]}],
  ])('removes the channels of its layers: %s', async (_, make, sizes) => {
    const {model, small} = await halved(make);
    expect(difference(model, small)).toBeLessThan(1e-5);
    const report = compactReport(small).layers.map(({layer, before, after}) => [layer, [before, after]]);
    expect(Object.fromEntries(report)).toMatchObject(sizes);
    expect(difference(await saveAndLoad(small), small)).toBe(0);
  });

  it('removes a branch that adds nothing', async () => {
    const model = await prunable(branches());
    for (const {name, mask} of prunableWeights(model)) {
      if (name.includes('branch')) mask.assign(tf.zeros(mask.shape, 'bool'));
    }
    const small = await compact(model);
    expect(difference(model, small)).toBeLessThan(1e-5);
    expect(compactReport(small).layers).toContainEqual({layer: 'each/branch', before: 6, after: 0});
  });

  it('counts the same multiplications as before where nothing is removed', async () => {
    const model = await prunable(film());
    const small = await compact(model);
    expect(difference(model, small)).toBeLessThan(1e-5);
    const {before, after} = compactReport(small);
    expect(after).toEqual(before);
  });
});

it('graph lists the groups of layers inside a model that is called at each step', async () => {
  const members = graph(await prunable(branches())).groups.map((group) =>
    group.members.map(({name}) => name),
  );
  expect(
    members.some((names) => names.includes('each/x/kernel') && names.includes('each/branch/kernel')),
  ).toBe(true);
});
