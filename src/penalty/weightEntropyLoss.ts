import {mul, type Scalar, type Tensor} from '@tensorflow/tfjs-core';
import {assertOptions} from '../util/options';
import {entropy, signOf} from './entropy';
import type {Direction} from './penalty';
import {power} from './power';

/**
 * Penalizes the entropy of a weight's magnitudes, which concentrates them in few elements. `direction: 'maximize'` evens them
 * out instead.
 *
 * formula: H = −Σ p·ln p with p = |w| / Σ|w|, or −H to maximize it
 *
 * @param options.direction `'minimize'` (default), which sparsifies, or `'maximize'`.
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws on another direction or unknown options.
 * @see Hurley, Rickard: Comparing Measures of Sparsity, 2009, for entropy as a measure of sparsity.
 */
export function weightEntropyLoss(options: {direction?: Direction} = {}) {
  assertOptions('weightEntropyLoss', options, ['direction']);
  const {direction = 'minimize'} = options;
  const sign = signOf('weightEntropyLoss', direction);
  return (value: Tensor) => mul(sign, entropy(power(value))) as Scalar;
}
