import * as tf from '@tensorflow/tfjs';
import {compact} from 'tfjs-pruning';
import {toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';
import '../support/cpu';
import {graphArtifacts} from '../support/graphModel';
import {numbers} from '../wasm/backends';

const list = (...values: number[]) => ({list: {i: values.map(String)}});
const window = (dilation: number) => ({
  ...{strides: list(1, 1, 1, 1), dilations: list(1, dilation, dilation, 1)},
  ...{padding: {s: btoa('VALID')}, data_format: {s: btoa('NHWC')}},
});

it('compact goes through dilated convolutions, and absorbs channels that are constant in front of them', async () => {
  const first = numbers([1, 1, 3, 4], 1);
  const isKept = tf.tensor1d([0, 1, 0, 1]);
  const artifacts = await graphArtifacts(
    [-1, 10, 10, 3],
    [
      ['c', 'Conv2D', ['x', 'first'], window(1)],
      ['b', 'BiasAdd', ['c', 'bias']],
      ['d', 'DepthwiseConv2dNative', ['b', 'depthwise'], window(2)],
      ['e', 'Conv2D', ['d', 'last'], window(1)],
      ['y', 'BiasAdd', ['e', 'offset']],
    ],
    {
      ...{first: tf.mul(first, isKept), bias: tf.tensor1d([2, -1, 0, 3])},
      ...{depthwise: numbers([3, 3, 4, 1], 2), last: numbers([1, 1, 4, 2], 3), offset: tf.tensor1d([1, 2])},
    },
  );
  const model = await prunable(await toLayersModel(artifacts), {zeros: 'mask'});
  const small = await compact(model);
  const outputs = (one: tf.LayersModel) =>
    one.layers
      .filter((layer) => /Conv2D/.test(layer.getClassName()))
      .map(({outputShape}) => outputShape.at(-1));
  expect(outputs(model)).toEqual([4, 4, 2]);
  expect(outputs(small)).toEqual([2, 2, 2]);
  const x = numbers([2, 10, 10, 3], 4);
  const [expected, found] = [model, small].map((one) => (one.predict(x) as tf.Tensor).dataSync());
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 4);
  });
});
