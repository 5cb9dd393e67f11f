import * as tf from '@tensorflow/tfjs';
import '../support/cpu';
import {compare, randomize} from './compare';

const {layers} = tf;

// Rows of outputs are computed in pieces of 16, 8 and 4.
const widths = [1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 21, 24, 29, 33];

/** @throws if a layer predicts otherwise than in tfjs. @param sparsity The share of weights that are 0. */
async function assertEqual(layerFor: (width: number) => tf.layers.Layer, sparsity: number): Promise<void> {
  for (const width of widths) {
    const model = tf.sequential({layers: [layerFor(width)]});
    randomize(model, sparsity);
    expect([width, await compare(model, [3])]).toEqual([width, expect.closeTo(0, 5)]);
    model.dispose();
  }
}

describe('for every width', () => {
  // Dense weights in single outputs and pairs, sparse ones in single outputs.
  it.each([
    [3, 0],
    [6, 0],
    [3, 0.6],
  ])(
    'a convolution with %d filters and %d of the weights 0 predicts as in tfjs',
    async (filters, sparsity) => {
      const config = {filters, kernelSize: [2, 1] as [number, number]};
      await assertEqual((width) => layers.conv2d({...config, inputShape: [4, width, 2]}), sparsity);
    },
  );

  it.each([
    [1, 1],
    [1, 2],
    [2, 2],
    [1, 3],
  ])(
    'a depthwise convolution of multiplier %d and stride %d predicts as in tfjs',
    async (multiplier, step) => {
      const config = {kernelSize: 3, depthMultiplier: multiplier, strides: step, padding: 'same'} as const;
      await assertEqual(
        (width) => layers.depthwiseConv2d({...config, inputShape: [4, step * width, 3]}),
        0.6,
      );
    },
  );

  it.each([1, 2, 3, 4])('a pooling layer of stride %d predicts as in tfjs', async (step) => {
    const config = {poolSize: 3, strides: step, padding: 'same'} as const;
    for (const pooling of [layers.maxPooling2d, layers.averagePooling2d])
      await assertEqual((width) => pooling({...config, inputShape: [4, step * width, 2]}), 0);
  });
});
