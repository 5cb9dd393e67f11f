import {mul, type Scalar, type Tensor} from '@tensorflow/tfjs-core';
import {assertOptions} from '../util/options';
import {entropy, signOf} from './entropy';
import type {Direction} from './penalty';
import {power} from './power';
import {unitMeans} from './unitMeans';

/**
 * Draws what a layer puts out, of a recurrent one the whole sequence or the last step, into few of its units, so that
 * the others can go, by less of the entropy of their shares. With `direction: 'maximize'` it spreads it over all, by more.
 *
 * formula: H = −Σ p·ln p with p = mean|a| of a unit / Σ mean|a|, or −H to maximize it
 * data: outputs
 * cost: a pass over the outputs in each batch, and back
 *
 * @param direction `'minimize'` by default, which is the one that sparsifies.
 * @throws if the direction is another.
 * @see Luo, Wu: An Entropy-based Pruning Method for CNN Compression, 2017, for the entropy of activations.
 */
export function activationEntropyLoss(options: {direction?: Direction} = {}) {
  assertOptions('activationEntropyLoss', options, ['direction']);
  const {direction = 'minimize'} = options;
  const sign = signOf('activationEntropyLoss', direction);
  return Object.assign((output: Tensor) => mul(sign, entropy(unitMeans(power(output)))) as Scalar, {
    ofActivations: true,
  });
}
