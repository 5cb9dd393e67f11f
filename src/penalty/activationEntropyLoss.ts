import {mul, type Scalar, type Tensor} from '@tensorflow/tfjs-core';
import {assertOptions} from '../util/options';
import {entropy, signOf} from './entropy';
import type {Direction} from './penalty';
import {power} from './power';
import {unitMeans} from './unitMeans';

/**
 * Penalizes the entropy of a layer's outputs, which concentrates them in few units. `direction: 'maximize'` spreads them over
 * all units instead. For recurrent layers the outputs are the whole sequence or the last step, whichever the layer returns.
 *
 * formula: H = −Σ p·ln p with p = mean|a| of a unit / Σ mean|a|, or −H to maximize it
 * data: outputs
 * cost: one forward and backward pass over the outputs per batch
 *
 * @param options.direction `'minimize'` (default), which sparsifies, or `'maximize'`.
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws on another direction or unknown options.
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
