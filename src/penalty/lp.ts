import {add, mul, type Scalar, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertOptions} from '../options';
import {describe} from '../tfjs';
import {power} from './power';

/**
 * Draws every weight to 0, and by a power of it besides: with p above 1 large weights more, below 1 small ones. The
 * gradient at 0 is 0.
 *
 * formula: Σ|w| + lambda·Σ|w|^p
 *
 * @param p The power, 2 by default. @param lambda How much it counts, 0.01 by default.
 * @throws if p is not positive, or lambda below 0.
 * @see Frank, Friedman: A Statistical View of Some Chemometrics Regression Tools, 1993.
 */
export function lp(options: {p?: number; lambda?: number} = {}) {
  assertOptions('lp', options, ['p', 'lambda']);
  const {p = 2, lambda = 0.01} = options;
  if (!(p > 0 && p < Number.POSITIVE_INFINITY)) {
    throw new Error(`lp: p must be a positive number, got ${describe(p)}`);
  }
  if (!(lambda >= 0 && lambda < Number.POSITIVE_INFINITY)) {
    throw new Error(`lp: lambda must be a number from 0, got ${describe(lambda)}`);
  }
  return (value: Tensor) => add(sum(power(value)), mul(lambda, sum(power(value, p)))) as Scalar;
}
