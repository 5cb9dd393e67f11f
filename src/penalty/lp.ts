import {add, mul, type Scalar, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertNumber, assertOptions} from '../util/options';
import {power} from './power';

/**
 * Penalizes each element's absolute value and a power of it. A power above 1 shrinks large elements faster, a power below 1
 * small ones. The gradient at 0 is 0.
 *
 * formula: Σ|w| + lambda·Σ|w|^p
 *
 * @param options.p The power, a positive number; 2 by default.
 * @param options.lambda The factor of the second term, at least 0; 0.01 by default.
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws on other values or unknown options.
 * @see Frank, Friedman: A Statistical View of Some Chemometrics Regression Tools, 1993.
 */
export function lp(options: {p?: number; lambda?: number} = {}) {
  assertOptions('lp', options, ['p', 'lambda']);
  const {p = 2, lambda = 0.01} = options;
  assertNumber('lp', 'p', p, 'a positive number', (x) => x > 0 && x < Number.POSITIVE_INFINITY);
  assertNumber('lp', 'lambda', lambda, 'a number from 0', (x) => x >= 0 && x < Number.POSITIVE_INFINITY);
  return (value: Tensor) => add(sum(power(value)), mul(lambda, sum(power(value, p)))) as Scalar;
}
