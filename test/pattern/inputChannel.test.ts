import * as tf from '@tensorflow/tfjs';
import {inputChannel, prune} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {weightOfKind} from '../support/kindWeights';
import {masksOf, oneDense, setKernels} from '../support/models';

it.each([
  ['a dense kernel by feature', 'Dense', 'kernel', [3, 2], [0, 0, 1, 1, 2, 2]],
  ['a convolution by channel', 'Conv2D', 'kernel', [1, 2, 2, 2], [0, 0, 1, 1, 0, 0, 1, 1]],
  ['a transposed convolution by channel', 'Conv2DTranspose', 'kernel', [1, 1, 2, 3], [0, 1, 2, 0, 1, 2]],
  [
    'a depthwise convolution by channel',
    'DepthwiseConv2D',
    'depthwiseKernel',
    [1, 2, 2, 2],
    [0, 0, 1, 1, 0, 0, 1, 1],
  ],
  [
    'a recurrent kernel by feature, all gates together',
    'LSTMCell',
    'kernel',
    [2, 4],
    [0, 0, 0, 0, 1, 1, 1, 1],
  ],
  ['the weights between steps by unit', 'GRUCell', 'recurrentKernel', [1, 3], [0, 0, 0]],
  ['a ConvLSTM by channel', 'ConvLSTM2DCell', 'kernel', [1, 1, 2, 4], [0, 0, 0, 0, 1, 1, 1, 1]],
  ['an embedding by word', 'Embedding', 'embeddings', [3, 2], [0, 0, 1, 1, 2, 2]],
])('inputChannel() numbers %s', (_, kind, field, shape, units) => {
  const {unitOf, units: count} = inputChannel()(weightOfKind(kind, field, shape));
  expect([...(unitOf as Int32Array)]).toEqual(units);
  expect(count).toBe(Math.max(...units) + 1);
});

it('inputChannel() skips no layer, as it removes no outputs', async () => {
  expect(inputChannel().skips).toBeUndefined();
  const model = oneDense([
    [1, 1],
    [-3, 3],
    [2, 0],
    [0, 4],
  ]);
  // The means of |w| are 1, 3, 1 and 2; the later of equal ones is pruned.
  await prune(model, 0.25, {pattern: inputChannel()});
  expect(masksOf(model)).toEqual([[1, 1, 1, 1, 0, 0, 1, 1]]);
});

it('a unit of inputChannel() after a flatten is one position of a channel', async () => {
  const model = tf.sequential({
    layers: [
      prunableConv2d({filters: 2, kernelSize: 1, inputShape: [1, 2, 1], name: 'conv'}),
      tf.layers.flatten(),
      prunableDense({units: 1, name: 'out'}),
    ],
  });
  // Position 0 of channels 0 and 1, then position 1 of them.
  setKernels(model, [1, 1], [5, 1, 2, 6]);
  await prune(model, 0.5, {pattern: inputChannel(), where: ['out']});
  expect(masksOf(model)[1]).toEqual([1, 0, 0, 1]);
});
