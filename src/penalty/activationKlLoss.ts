import {add, clipByValue, log, mul, type Scalar, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertNumber, assertOptions} from '../util/options';
import {unitMeans} from './unitMeans';

/** About the distance from 1 to the next smaller float32. */
const SMALLEST = 1e-7;

/**
 * Penalizes the divergence between each unit's mean output and a small target `rho`, for outputs in [0, 1], such as a
 * sigmoid's. Means outside [0, 1] have no gradient. For recurrent layers the outputs are the whole sequence or the last
 * step, whichever the layer returns.
 *
 * formula: Σ rho·ln(rho / m) + (1 − rho)·ln((1 − rho) / (1 − m)) over the units, m the mean output of a unit
 * data: outputs
 * cost: one forward and backward pass over the outputs per batch
 *
 * @param options.rho The target, in (0, 1); 0.05 by default.
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws if rho is outside (0, 1), or on unknown options.
 * @see Lee, Ekanadham, Ng: Sparse Deep Belief Net Model for Visual Area V2, 2008; Ng: Sparse Autoencoder, 2011.
 */
export function activationKlLoss(options: {rho?: number} = {}) {
  assertOptions('activationKlLoss', options, ['rho']);
  const {rho = 0.05} = options;
  assertNumber('activationKlLoss', 'rho', rho, 'in (0, 1)', (x) => x > 0 && x < 1);
  const least = rho * Math.log(rho) + (1 - rho) * Math.log(1 - rho);
  return Object.assign(
    (output: Tensor) => {
      const means = clipByValue(unitMeans(output), SMALLEST, 1 - SMALLEST);
      const crossed = add(mul(rho, log(means)), mul(1 - rho, log(sub(1, means))));
      return sum(sub(least, crossed)) as Scalar;
    },
    {ofActivations: true},
  );
}
