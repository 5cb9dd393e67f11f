import {kernel, prune} from 'tfjs-pruning';
import {weightOfKind} from '../support/kindWeights';
import {convNet, masksOf, setKernels} from '../support/models';

it.each([
  ['an element of a dense kernel', 'Dense', 'kernel', [2, 2], [0, 1, 2, 3]],
  ['a slice of a convolution', 'Conv2D', 'kernel', [1, 2, 2, 2], [0, 1, 2, 3, 0, 1, 2, 3]],
  ['a slice of a convolution in time', 'Conv1D', 'kernel', [2, 1, 2], [0, 1, 0, 1]],
  ['a slice of a convolution in space', 'Conv3D', 'kernel', [1, 1, 2, 1, 2], [0, 1, 0, 1]],
  // [height, width, out, in]: the unit is input · outputs + output.
  [
    'a slice of a transposed convolution',
    'Conv2DTranspose',
    'kernel',
    [1, 2, 2, 2],
    [0, 2, 1, 3, 0, 2, 1, 3],
  ],
  [
    'a slice of a depthwise convolution',
    'DepthwiseConv2D',
    'depthwiseKernel',
    [1, 2, 2, 2],
    [0, 1, 2, 3, 0, 1, 2, 3],
  ],
  [
    'the connection of a feature and a recurrent unit',
    'LSTMCell',
    'kernel',
    [2, 8],
    [...[0, 1, 0, 1, 0, 1, 0, 1], ...[2, 3, 2, 3, 2, 3, 2, 3]],
  ],
  ['a slice of each gate of a ConvLSTM', 'ConvLSTM2DCell', 'kernel', [1, 2, 1, 4], [0, 0, 0, 0, 0, 0, 0, 0]],
  ['an element of an embedding', 'Embedding', 'embeddings', [2, 2], [0, 1, 2, 3]],
])('a unit of kernel() is %s', (_, kind, field, shape, units) => {
  const {unitOf, units: count} = kernel()(weightOfKind(kind, field, shape));
  expect([...(unitOf as Int32Array)]).toEqual(units);
  expect(count).toBe(Math.max(...units) + 1);
});

it('kernel() keeps whole slices of a convolution', async () => {
  const model = convNet();
  // Of the 2 × 4 slices of 3×3, slice 5 has the largest mean, then 2, 7 and 0.
  const means = [5, 1, 7, 2, 3, 8, 4, 6];
  setKernels(
    model,
    Array.from({length: 72}, (_, i) => means[i % 8] * (i % 3 === 0 ? -1 : 1)),
    new Array(192).fill(1),
  );
  await prune(model, 0.5, {pattern: kernel(), where: ['conv']});
  expect(masksOf(model)[0]).toEqual(Array.from({length: 72}, (_, i) => [1, 0, 1, 0, 0, 1, 0, 1][i % 8]));
});

it('kernel() skips no layers', () => {
  expect(kernel().skips).toBeUndefined();
});
