import * as tf from '@tensorflow/tfjs';
import {masked} from '../src/model/masked';
import './support/cpu';

it('a masked tensor has exactly 0 for what was negative, infinite or not a number, and the same values elsewhere', () => {
  const values = [-1, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, -2, 3, Number.NaN];
  const bits = [0, 0, 0, 0, 0, 1, 1, 1];
  const [value, mask] = [tf.tensor2d(values, [2, 4]), tf.tensor2d(bits, [2, 4], 'bool')];
  expect([...tf.tidy(() => masked(value, mask)).dataSync()]).toEqual([0, 0, 0, 0, 0, -2, 3, Number.NaN]);
  expect([...tf.tidy(() => masked(value, mask, 0.5)).dataSync()].slice(0, 2)).toEqual([0.5, 0.5]);
});
