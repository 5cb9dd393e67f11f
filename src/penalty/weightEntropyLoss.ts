import {mul, type Scalar, type Tensor} from '@tensorflow/tfjs-core';
import {assertOptions} from '../util/options';
import {entropy, signOf} from './entropy';
import type {Direction} from './penalty';
import {power} from './power';

/**
 * Draws the magnitudes of a weight into few of its elements, so that the others can go, by less of their entropy. With
 * `direction: 'maximize'` it evens them out, by more of it.
 *
 * formula: H = −Σ p·ln p with p = |w| / Σ|w|, or −H to maximize it
 *
 * @param direction `'minimize'` by default, which is the one that sparsifies.
 * @throws if the direction is another.
 * @see Hurley, Rickard: Comparing Measures of Sparsity, 2009, for entropy among them.
 */
export function weightEntropyLoss(options: {direction?: Direction} = {}) {
  assertOptions('weightEntropyLoss', options, ['direction']);
  const {direction = 'minimize'} = options;
  const sign = signOf('weightEntropyLoss', direction);
  return (value: Tensor) => mul(sign, entropy(power(value))) as Scalar;
}
