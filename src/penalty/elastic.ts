import {add, mul, type Scalar, type Tensor} from '@tensorflow/tfjs-core';
import {assertNumber, assertOptions} from '../util/options';
import {l1} from './l1';
import {l2} from './l2';

/**
 * Combines `l1` and `l2`, so that correlated weights shrink together.
 *
 * formula: ratio·Σ|w| + (1 − ratio)·Σw²
 *
 * @param options.ratio The share of `l1`, in [0, 1]; 0.5 by default.
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws if the ratio is outside [0, 1].
 * @see Zou, Hastie: Regularization and Variable Selection via the Elastic Net, 2005.
 */
export function elastic(options: {ratio?: number} = {}) {
  assertOptions('elastic', options, ['ratio']);
  const {ratio = 0.5} = options;
  assertNumber('elastic', 'ratio', ratio, 'in [0, 1], the share of l1', (x) => x >= 0 && x <= 1);
  const [absolute, squared] = [l1(), l2()];
  return Object.assign(
    (value: Tensor) => add(mul(ratio, absolute(value)), mul(1 - ratio, squared(value))) as Scalar,
    {
      proximal: (value: Tensor, step: number) =>
        squared.proximal(absolute.proximal(value, ratio * step), (1 - ratio) * step),
    },
  );
}
