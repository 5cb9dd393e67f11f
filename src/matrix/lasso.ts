import type {Tensor, Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';
import {abs, add, dispose, matMul, max, mul, reshape, sub, sum, tidy} from '@tensorflow/tfjs-core';
import {l1} from '../penalty/l1';
import {describe} from '../util/describe';
import {assertOptions, assertTensor} from '../util/options';
import {assertSolve, type SolveOptions} from './solve';

/** Converged if no weight changes by more than `tolerance` times the largest; default of `iterations`: 10,000. */
export interface LassoOptions extends SolveOptions {
  /** The strength of the L1 penalty, at least 0. */
  lambda: number;
}

/**
 * Sparse linear regression by FISTA: gradient steps with momentum, each followed by soft thresholding, the proximal step of
 * `l1()`. Fits no intercept; center x and y first.
 *
 * formula: argmin over w of ‖x·w − y‖² / 2n + λ·Σ|w|
 *
 * @param x `[n, features]`
 * @param y `[n]` or `[n, 1]`
 * @returns the weights `[features]`, the number of iterations, and whether it converged.
 * @throws if the shapes do not fit or lambda is negative.
 * @see Beck, Teboulle: A Fast Iterative Shrinkage-Thresholding Algorithm for Linear Inverse Problems, 2009.
 * @example const {weights, iterations} = await lasso(features, targets, {lambda: 0.1});
 */
export async function lasso(x: Tensor2D, y: Tensor, options: LassoOptions) {
  assertOptions('lasso', options, ['lambda', 'tolerance', 'iterations']);
  const {lambda, tolerance = 1e-6, iterations: most = 10_000} = options;
  assertTensor('lasso', 'x', x);
  assertTensor('lasso', 'y', y);
  if (!(typeof lambda === 'number' && lambda >= 0)) {
    throw new Error(`lasso: lambda must be a number of at least 0, got ${describe(lambda)}`);
  }
  assertSolve('lasso', tolerance, most);
  const [n, features] = x.shape;
  if (x.shape.length !== 2 || y.size !== n) {
    throw new Error(
      `lasso: x must have the shape [n, features], got [${x.shape}], and y one value for each of ${n} rows, got ${y.size}`,
    );
  }
  const [gram, moment] = tidy(() =>
    [x, reshape(y, [n, 1])].map((of) => mul(matMul(x, of as Tensor2D, true), 1 / n)),
  );
  // The largest row sum bounds the largest eigenvalue from above.
  const steepest = tidy(() => max(sum(abs(gram), 1)));
  const step = 1 / Math.max(1e-30, (await steepest.data())[0]);
  let [w, v] = [mul(moment, 0), mul(moment, 0)];
  let [momentum, iterations, converged] = [1, 0, false];
  while (!converged && iterations < most) {
    const before = [w, v];
    const moved = tidy(() => {
      let last = w;
      // Testing for convergence takes as long as some steps.
      for (const end = Math.min(most, iterations + 20); iterations < end; iterations++) {
        const next = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
        const slope = sub(matMul(gram as Tensor2D, v as Tensor2D), moment);
        last = w;
        w = l1().proximal(sub(v, mul(slope, step)), lambda * step);
        v = add(w, mul(sub(w, last), (momentum - 1) / next));
        momentum = next;
      }
      return [w, v, max(abs(sub(w, last))), max(abs(w))];
    });
    const [[change], [largest]] = await Promise.all([moved[2].data(), moved[3].data()]);
    converged = change <= tolerance * largest;
    dispose([...before, ...moved.slice(2)]);
  }
  const weights = reshape(w, [features]) as Tensor1D;
  dispose([gram, moment, steepest, w, v]);
  return {weights, iterations, converged};
}
