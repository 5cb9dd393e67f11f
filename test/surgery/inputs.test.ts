import * as tf from '@tensorflow/tfjs';
import {channel, compact, decode, encode, prunableWeights, prune, sparsify, strip} from 'tfjs-pruning';
import {prunable, prunableDense} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {seeded} from '../support/models';
import {artifactsOf, saveAndLoad} from '../support/saving';

type Symbolic = tf.SymbolicTensor;

const dense = (units: number, seed: number, make: typeof tf.layers.dense | typeof prunableDense) =>
  make({units, kernelInitializer: seeded(seed), biasInitializer: seeded(seed + 50)});

type Make = typeof tf.layers.dense | typeof prunableDense;

/** Models with unused inputs, at the given positions. */
const models: [name: string, make: (make: Make) => tf.LayersModel][] = [
  [
    'the last input',
    (make) => {
      const [a, b] = [tf.input({shape: [3]}), tf.input({shape: [2, 2]})];
      return tf.model({
        inputs: [a, b],
        outputs: dense(2, 1, make).apply(dense(4, 2, make).apply(a)) as Symbolic,
      });
    },
  ],
  [
    'the first and third of four inputs',
    (make) => {
      const inputs = [
        tf.input({shape: [4, 4, 1], name: 'first'}),
        tf.input({shape: [3]}),
        tf.input({shape: [2]}),
        tf.input({shape: [3]}),
      ];
      const sum = tf.layers.add().apply([inputs[1], inputs[3]]) as Symbolic;
      return tf.model({inputs, outputs: dense(2, 1, make).apply(dense(4, 2, make).apply(sum)) as Symbolic});
    },
  ],
  [
    'an input of a nested model',
    (make) => {
      const [a, b] = [tf.input({shape: [3]}), tf.input({shape: [3]})];
      const inner = tf.model({inputs: [a, b], outputs: dense(3, 1, make).apply(b) as Symbolic});
      const [c, d] = [tf.input({shape: [3]}), tf.input({shape: [3]})];
      const once = inner.apply([c, dense(3, 2, make).apply(d) as Symbolic]) as Symbolic;
      return tf.model({inputs: [c, d], outputs: inner.apply([once, once]) as Symbolic});
    },
  ],
];

const shapesOf = (model: tf.LayersModel) => model.inputs.map(({shape}, i) => [model.inputNames[i], shape]);

const functions: [name: string, run: (model: tf.LayersModel) => Promise<tf.LayersModel>][] = [
  ['saving', saveAndLoad],
  ['saving twice', async (model) => saveAndLoad(await saveAndLoad(model))],
  ['encode and decode', async (model) => decode(await encode(model))],
  ['sparsify', (model) => sparsify(model)],
  ['prunable', (model) => prunable(model)],
  ['prunable and strip', async (model) => strip(await prunable(model))],
  ['prunable and compact', async (model) => compact(await prunable(model))],
];

describe.each(models)('a model that does not use %s', (_, make) => {
  it.each(functions)('keeps all inputs in %s', async (_name, run) => {
    const model = make(tf.layers.dense);
    const result = await run(model);
    expect(shapesOf(result)).toEqual(shapesOf(model));
    expect(difference(result, model)).toBeLessThan(1e-5);
    const loaded = await saveAndLoad(result);
    expect(shapesOf(loaded)).toEqual(shapesOf(model));
    expect(difference(loaded, model)).toBeLessThan(1e-5);
  });

  it('keeps all inputs when it is pruned and compacted', async () => {
    const model = await prunable(make(tf.layers.dense));
    await prune(model, 0.5, {pattern: channel()});
    const small = await compact(model);
    for (const each of [small, await saveAndLoad(small)]) {
      expect(shapesOf(each)).toEqual(shapesOf(model));
      expect(difference(each, model)).toBeLessThan(1e-5);
    }
  });

  it('trains with all its inputs, before and after', async () => {
    const model = await prunable(make(tf.layers.dense));
    const x = model.inputs.map(({shape}) => tf.randomNormal([4, ...(shape.slice(1) as number[])]));
    const y = tf.randomNormal([4, ...(model.outputs[0].shape.slice(1) as number[])]);
    for (const each of [model, await compact(model), await saveAndLoad(model)]) {
      each.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
      await each.fit(x, y, {verbose: 0});
    }
  });
});

it.each([1, 2])('compact() keeps input %# of a model if no output depends on it any more', async (which) => {
  const inputs = [tf.input({shape: [3], name: 'left'}), tf.input({shape: [4], name: 'right'})];
  const branches = inputs.map((input, i) =>
    prunableDense({units: 5, useBias: false, name: `branch${i + 1}`, kernelInitializer: seeded(i)}).apply(
      input,
    ),
  ) as Symbolic[];
  const outputs = prunableDense({units: 2, name: 'out'}).apply(tf.layers.add().apply(branches)) as Symbolic;
  const model = tf.model({inputs, outputs});
  for (const {layer, mask} of prunableWeights(model)) {
    if (layer === `branch${which}`) tf.tidy(() => mask.assign(tf.zeros(mask.shape, 'bool')));
  }
  const small = await compact(model);
  const {modelTopology} = await artifactsOf(small);
  expect(JSON.stringify(modelTopology)).not.toContain(`branch${which}`);
  for (const each of [
    small,
    await saveAndLoad(small),
    await strip(await prunable(small)),
    await sparsify(small),
  ]) {
    expect(shapesOf(each)).toEqual(shapesOf(model));
    expect(difference(each, model)).toBeLessThan(1e-5);
  }
});
