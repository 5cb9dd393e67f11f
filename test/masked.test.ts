import * as tf from '@tensorflow/tfjs';
import {masked} from '../src/model/masked';
import './support/cpu';

it('masked() sets masked elements to exactly 0, also negative, infinite and NaN ones, and leaves the others unchanged', () => {
  const values = [-1, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, -2, 3, Number.NaN];
  const bits = [0, 0, 0, 0, 0, 1, 1, 1];
  const [value, mask] = [tf.tensor2d(values, [2, 4]), tf.tensor2d(bits, [2, 4], 'bool')];
  expect([...tf.tidy(() => masked(value, mask)).dataSync()]).toEqual([0, 0, 0, 0, 0, -2, 3, Number.NaN]);
  expect([...tf.tidy(() => masked(value, mask, 0.5)).dataSync()].slice(0, 2)).toEqual([0.5, 0.5]);
});
