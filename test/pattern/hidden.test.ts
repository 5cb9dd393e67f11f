import * as tf from '@tensorflow/tfjs';
import {channel, inputChannel, prune} from 'tfjs-pruning';
import {masksOf, outputsOf, twoDense} from '../support/models';

// Three inputs, two hidden units, one output. The incoming weights of the hidden units have mean magnitudes of
// (1 + 2 + 3)/3 = 2 and (4 + 0 + 5)/3 = 3, their outgoing weights are 7 and −0.5.
const network = () =>
  twoDense(
    [
      [1, 4],
      [-2, 0],
      [3, -5],
    ],
    [[7], [-0.5]],
  );
const ones = () => tf.ones([1, 3]);

it('channel() prunes the hidden unit with the smaller incoming weights', async () => {
  const model = network();
  await prune(model, 0.5, {pattern: channel()});
  expect(masksOf(model)).toEqual([
    [0, 1, 0, 1, 0, 1],
    [1, 1],
  ]);
  // The other unit is 4 − 5 = −1, and the output −0.5 times that.
  expect(outputsOf(model, ones())).toEqual([0.5]);
});

it('inputChannel() prunes the hidden unit with the smaller outgoing weights', async () => {
  const model = network();
  await prune(model, 0.5, {pattern: inputChannel(), where: ['second']});
  expect(masksOf(model)).toEqual([
    [1, 1, 1, 1, 1, 1],
    [1, 0],
  ]);
  // The other unit is 1 − 2 + 3 = 2, and the output 7 times that.
  expect(outputsOf(model, ones())).toEqual([14]);
});

it('inputChannel() scores the inputs of the network by the weights of its first layer', async () => {
  const model = network();
  // The inputs have mean magnitudes of 2.5, 1 and 4.
  await prune(model, 0.34, {pattern: inputChannel(), where: ['first']});
  expect(masksOf(model)[0]).toEqual([1, 1, 0, 0, 1, 1]);
});
