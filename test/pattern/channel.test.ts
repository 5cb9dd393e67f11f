import * as tf from '@tensorflow/tfjs';
import {channel, inputChannel, prune} from 'tfjs-pruning';
import {prunableConv2d} from 'tfjs-pruning/layers';
import {kernelsOf, masksOf, mlp, oneDense, setKernels} from '../support/models';
import {weightOf} from '../support/weights';

/** The unit of each element of a weight. */
function unitsOf(...[weight]: Parameters<ReturnType<typeof channel>>): number[] {
  return [...(channel()(weight).unitOf as Int32Array)];
}

it('channel() numbers the elements of a dense kernel by neuron', () => {
  expect(channel()(weightOf([2, 3])).units).toBe(3);
  expect(unitsOf(weightOf([2, 3]))).toEqual([0, 1, 2, 0, 1, 2]);
});

it('channel() numbers the elements of a convolution by filter', () => {
  const kernel = weightOf([1, 2, 2, 3]);
  expect(channel()(kernel).units).toBe(3);
  expect(unitsOf(kernel)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
});

it('channel() uses the output axis of each kind', () => {
  const transposed = weightOf([1, 2, 3, 2], {axes: {output: 2, input: 3}});
  expect(channel()(transposed).units).toBe(3);
  expect(unitsOf(transposed)).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2]);
  const first = weightOf([3, 2], {axes: {output: 0, input: 1}});
  expect(unitsOf(first)).toEqual([0, 0, 1, 1, 2, 2]);
});

it('channel() has all gates of a recurrent unit in one unit', () => {
  const lstm = weightOf([2, 8], {gates: 4});
  expect(channel()(lstm).units).toBe(2);
  expect(unitsOf(lstm)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
});

it('a custom pattern skips the output layers as channel() does', async () => {
  const rows = Object.assign(inputChannel(), {skips: channel().skips});
  const model = mlp();
  await prune(model, 0.5, {pattern: rows});
  expect(masksOf(model).map((bits) => bits.includes(0))).toEqual([true, false]);
});

it('channel() keeps whole neurons of a dense layer', async () => {
  const model = oneDense([
    [1, 9, -3, 2],
    [-1, 0, -3, 2],
    [1, 0, -3, 2],
  ]);
  await prune(model, 0.5, {pattern: channel(), where: ['only']});
  expect(kernelsOf(model)).toEqual([[0, 9, -3, 0, 0, 0, -3, 0, 0, 0, -3, 0]]);
  expect(masksOf(model)).toEqual([[0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0]]);
});

it('channel() keeps whole filters of a convolution', async () => {
  const model = tf.sequential({
    layers: [prunableConv2d({filters: 3, kernelSize: 2, inputShape: [4, 4, 2], name: 'conv'})],
  });
  // Filter 0 is 0.2 everywhere, filter 1 is 0.1, filter 2 has a single 4: its mean is 0.5.
  const kernel = Array.from({length: 24}, (_, i) => [0.2, 0.1, i === 11 ? 4 : 0][i % 3]);
  setKernels(model, kernel);
  await prune(model, 0.3, {pattern: channel(), where: ['conv']});
  expect(masksOf(model)).toEqual([Array.from({length: 24}, (_, i) => [1, 0, 1][i % 3])]);
  await prune(model, 0.6, {pattern: channel(), where: ['conv']});
  expect(masksOf(model)).toEqual([Array.from({length: 24}, (_, i) => [0, 0, 1][i % 3])]);
});

it('channel() counts a target in channels, and ranks fully masked ones last', async () => {
  const model = oneDense([
    [0.1, 5, 3, 4],
    [0.1, 5, 3, 4],
  ]);
  await prune(model, 0.25);
  expect(masksOf(model)).toEqual([[0, 1, 1, 1, 0, 1, 1, 1]]);
  const {weights} = await prune(model, 0.5, {pattern: channel(), where: ['only']});
  expect(weights).toMatchObject([{name: 'only/kernel', units: 4, asked: 2, kept: 2}]);
  expect(masksOf(model)).toEqual([[0, 1, 0, 1, 0, 1, 0, 1]]);
});
