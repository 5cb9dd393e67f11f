import {add, div, log, maximum, mul, neg, sum, type Tensor} from '@tensorflow/tfjs-core';

/** The default number of bins: enough for a bell curve, few enough for some hundred values. */
export const BINS = 16;

/** The entropy of each column of counts `[bins, columns]`, in nats: −Σ p · ln p, where 0 · ln 0 is 0. */
export function entropyOf(counts: Tensor): Tensor {
  const shares = div(counts, add(sum(counts, 0, true), 1e-30));
  return neg(sum(mul(shares, log(maximum(shares, 1e-30))), 0));
}
