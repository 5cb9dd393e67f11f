import {type Tensor, type Tensor4D, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {compact, compactReport, encode, report, sparsify, strip} from 'tfjs-pruning';
import type {Shipped, Ways} from '../protocol';
import type {Network} from './network';

/** The number of timings, of which the minimum counts. */
const ROUNDS = 5;

/** The shipped forms of the network on the page, with their sizes and times. */
export async function ship({dense, pruned}: Network, digits: Tensor4D): Promise<Ways> {
  const plain = await strip(dense);
  const small = await compact(pruned);
  const fast = await sparsify(small);
  try {
    const {before, after} = compactReport(small);
    const {total} = report(fast);
    const sizes = {
      dense: {parameters: before.parameters, macs: before.macs, bytes: before.bytes},
      compact: {parameters: after.parameters, macs: after.macs, bytes: after.bytes},
      sparse: {
        parameters: after.parameters - total.size + total.kept,
        macs: total.macs,
        bytes: (await encode(small)).length,
      },
    };
    const times = await leastTimes([plain, small, fast], digits);
    const timed = (way: keyof typeof sizes, i: number): Shipped => ({...sizes[way], milliseconds: times[i]});
    return {dense: timed('dense', 0), compact: timed('compact', 1), sparse: timed('sparse', 2)};
  } finally {
    for (const model of [plain, small, fast]) model.dispose();
  }
}

/** Timed in turns, after a warm-up that compiles shaders and packs weights. */
async function leastTimes(models: LayersModel[], digits: Tensor4D): Promise<number[]> {
  const times = models.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, model] of models.entries()) {
      const started = performance.now();
      const output = tidy(() => model.predictOnBatch(digits) as Tensor);
      await output.data();
      output.dispose();
      if (round > 0) times[i] = Math.min(times[i], performance.now() - started);
    }
  }
  return times;
}
