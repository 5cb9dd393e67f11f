import {add, mul, type Scalar, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertNumber, assertOptions} from '../util/options';
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
  assertNumber('lp', 'p', p, 'a positive number', (x) => x > 0 && x < Number.POSITIVE_INFINITY);
  assertNumber('lp', 'lambda', lambda, 'a number from 0', (x) => x >= 0 && x < Number.POSITIVE_INFINITY);
  return (value: Tensor) => add(sum(power(value)), mul(lambda, sum(power(value, p)))) as Scalar;
}
