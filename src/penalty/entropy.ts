import {
  add,
  customGrad,
  div,
  log,
  maximum,
  mul,
  neg,
  type Scalar,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {assertOneOf} from '../util/options';
import type {Direction} from './penalty';

/** Small enough to count as 0, and large enough for finite quotients. */
const SMALLEST = 1e-30;

/**
 * The entropy of the shares of nonnegative parts in their sum: H = −Σ p·ln p with p = part / Σ parts and 0·ln 0 = 0. Its
 * gradient, (−ln p − H) / Σ parts, is finite where a part is 0 or all are.
 */
export function entropy(parts: Tensor): Scalar {
  return customGrad((given, save) => {
    const total = maximum(sum(given as Tensor), SMALLEST);
    const shares = div(given as Tensor, total);
    const information = neg(log(maximum(shares, SMALLEST)));
    const value = sum(mul(shares, information)) as Scalar;
    (save as (tensors: Tensor[]) => void)([information, value, total]);
    return {
      value,
      gradFunc: (dy: Tensor, [saved, mean, all]: Tensor[]) => mul(dy, div(add(saved, neg(mean)), all)),
    };
  })(parts) as Scalar;
}

/** The factor of an entropy in a loss that is minimized. */
export function signOf(who: string, direction: Direction): 1 | -1 {
  assertOneOf(who, 'direction', direction, ['minimize', 'maximize']);
  return direction === 'minimize' ? 1 : -1;
}
