import * as tf from '@tensorflow/tfjs';
import {channel, prune} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {masksOf, mlp} from './support/models';

type Recipe = Parameters<typeof prune>[2];

/** The prunable weights of a model that prune() changes. */
async function prunedOf(model: tf.LayersModel, recipe: Recipe): Promise<boolean[]> {
  await prune(model, 0.5, recipe);
  return masksOf(model).map((bits) => bits.includes(0));
}

const chain = (...layers: tf.layers.Layer[]) => tf.sequential({layers});
const dense = (units: number, name?: string, inputShape?: number[]) =>
  prunableDense({units, name, inputShape});
const softmax = () => tf.layers.activation({activation: 'softmax'});
const apply = (layer: tf.layers.Layer, input: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
  layer.apply(input) as tf.SymbolicTensor;

it('element() prunes every prunable weight by default', async () => {
  expect(await prunedOf(mlp(), {})).toEqual([true, true]);
});

describe('structured patterns exclude the output layers by default:', () => {
  const structured = (model: tf.LayersModel) => prunedOf(model, {pattern: channel()});

  it('the last layer', async () => {
    expect(await structured(mlp())).toEqual([true, false]);
  });

  it('the layer before an activation, a dropout and a reshape', async () => {
    const tail = [tf.layers.dropout({rate: 0.5}), tf.layers.reshape({targetShape: [2, 2]})];
    expect(await structured(chain(dense(6, 'a', [3]), dense(4), softmax(), ...tail))).toEqual([true, false]);
  });

  it('a convolution before global pooling', async () => {
    const conv = (filters: number, inputShape?: number[]) =>
      prunableConv2d({filters, kernelSize: 2, inputShape});
    const model = chain(conv(4, [5, 5, 1]), conv(4), tf.layers.globalAveragePooling2d({}), softmax());
    expect(await structured(model)).toEqual([true, false]);
  });

  it('but not a layer before a plain output layer', async () => {
    const model = chain(dense(6, 'a', [3]), dense(4, 'b'), tf.layers.dense({units: 2}));
    expect(await structured(model)).toEqual([true, true]);
  });

  it('the last layer of a nested model at the end', async () => {
    const head = chain(dense(5, 'c', [6]), dense(4, 'd'), softmax());
    expect(await structured(chain(dense(6, 'a', [3]), head))).toEqual([true, true, false]);
  });

  it('the layer before a nested model of layers without weights', async () => {
    const tail = chain(tf.layers.activation({activation: 'softmax', inputShape: [4]}));
    expect(await structured(chain(dense(6, 'a', [3]), dense(4, 'b'), tail))).toEqual([true, false]);
  });

  it('the last layer of each of several outputs', async () => {
    const input = tf.input({shape: [3]});
    const trunk = apply(dense(6, 'trunk'), input);
    const outputs = [apply(dense(4, 'left'), trunk), apply(softmax(), apply(dense(4, 'right'), trunk))];
    const model = tf.model({inputs: input, outputs});
    expect(await structured(model)).toEqual([true, false, false]);
  });

  it('all layers added into one output', async () => {
    const input = tf.input({shape: [3]});
    const trunk = apply(dense(6, 'trunk'), input);
    const sum = apply(tf.layers.add(), [apply(dense(4, 'left'), trunk), apply(dense(4, 'right'), trunk)]);
    expect(await structured(tf.model({inputs: input, outputs: sum}))).toEqual([true, false, false]);
  });

  it('also if the input is added to their outputs', async () => {
    const input = tf.input({shape: [3]});
    const sum = apply(tf.layers.add(), [input, apply(dense(3, 'out'), apply(dense(6, 'in'), input))]);
    expect(await structured(tf.model({inputs: input, outputs: sum}))).toEqual([true, false]);
  });

  it('throw if there are no other weights', async () => {
    const model = chain(dense(4, 'only', [3]));
    await expect(prune(model, 0.5, {pattern: channel()})).rejects.toThrow(
      /^prune: no weight of model .* is selected; its prunable layers are only, all of which the pattern skips; name them/,
    );
  });
});

it('where replaces the default', async () => {
  expect(await prunedOf(mlp(), {pattern: channel(), where: ['output']})).toEqual([false, true]);
  expect(await prunedOf(mlp(), {pattern: channel(), where: () => true})).toEqual([true, true]);
});

it('where may be a list of layer names', async () => {
  expect(await prunedOf(mlp(), {where: ['hidden']})).toEqual([true, false]);
  expect(await prunedOf(mlp(), {where: ['output', 'hidden']})).toEqual([true, true]);
});

it('where may be a function of the weight', async () => {
  const seen: string[] = [];
  const where = ({name, layer, value}: {name: string; layer: string; value: tf.Tensor}) => {
    seen.push(`${name} of ${layer}: ${value.shape}`);
    return value.size < 20;
  };
  expect(await prunedOf(mlp(), {where})).toEqual([false, true]);
  expect(seen).toEqual(['hidden/kernel of hidden: 4,6', 'output/kernel of output: 6,3']);
});

describe('in a nested model', () => {
  const nested = () => {
    const inner = tf.sequential({name: 'inner', layers: [dense(5, 'a', [4]), dense(5, 'b')]});
    const outer = tf.sequential({
      name: 'outer',
      layers: [tf.layers.dense({units: 4, inputShape: [2]}), inner],
    });
    return chain(tf.layers.dense({units: 2, inputShape: [3]}), outer, dense(3, 'a'));
  };

  it('layers are named from the outside in', async () => {
    expect(await prunedOf(nested(), {where: ['outer/inner/a']})).toEqual([true, false, false]);
    expect(await prunedOf(nested(), {where: ['a']})).toEqual([false, false, true]);
  });

  it('the name of a model selects all its layers', async () => {
    expect(await prunedOf(nested(), {where: ['outer/inner']})).toEqual([true, true, false]);
    expect(await prunedOf(nested(), {where: ['outer']})).toEqual([true, true, false]);
  });

  it('a prefix of a name selects nothing', async () => {
    await expect(prune(nested(), 0.5, {where: ['out']})).rejects.toThrow(
      'prune: there is no prunable layer "out"; there are outer/inner/a, outer/inner/b, a',
    );
  });
});
