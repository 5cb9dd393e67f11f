import {add, clipByValue, log, mul, type Scalar, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import {describe} from '../util/describe';
import {unitMeans} from './unitMeans';

/** The next number in float32 below 1 is as far away. */
const SMALLEST = 1e-7;

/**
 * Draws the mean output of each unit to a small share, for outputs in [0, 1], as those of a sigmoid; means outside are
 * not drawn. Of a recurrent layer it is what the layer puts out: the whole sequence, or the last step.
 *
 * formula: Σ rho·ln(rho / m) + (1 − rho)·ln((1 − rho) / (1 − m)) over the units, m the mean output of a unit
 * data: outputs
 * cost: a pass over the outputs in each batch, and back
 *
 * @param rho The share, in (0, 1); 0.05 by default.
 * @throws if rho is outside.
 * @see Lee, Ekanadham, Ng: Sparse Deep Belief Net Model for Visual Area V2, 2008; Ng: Sparse Autoencoder, 2011.
 */
export function activationKl(rho = 0.05) {
  if (!(typeof rho === 'number' && rho > 0 && rho < 1)) {
    throw new Error(`activationKl: rho must be in (0, 1), got ${describe(rho)}`);
  }
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
