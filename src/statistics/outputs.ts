import {abs, max, maximum, mul, step, sum} from '@tensorflow/tfjs-core';
import {histogram} from './bins';
import {mean, statistic, total} from './define';

/** Each unit's mean output. */
export const meanOutput = /* @__PURE__ */ mean('meanOutput', 'outputs', (output) => sum(output, 0));

/** The mean absolute output of each unit. */
export const meanAbsOutput = /* @__PURE__ */ mean('meanAbsOutput', 'outputs', (output) =>
  sum(abs(output), 0),
);

/** Each unit's share of nonzero outputs. */
export const activeShare = /* @__PURE__ */ mean('activeShare', 'outputs', (output) =>
  sum(step(abs(output)), 0),
);

/** Each unit's largest output. It does not decay. */
export const maxOutput = /* @__PURE__ */ statistic({
  name: 'maxOutput',
  source: 'outputs',
  add: (before, [output]) => [before ? maximum(before[0], max(output, 0)) : max(output, 0)],
  result: ([largest]) => mul(largest, 1),
});

/**
 * A histogram of each unit's outputs, with `bins` equal bins over the layer's range.
 *
 * @returns a statistic whose values are `[bins, units]`.
 * @throws unless `bins` is a whole number from 2.
 * @example Object.assign(importance, {needs: [outputHistogram(16)]})
 * @function
 */
export const outputHistogram = (bins: number) => histogram(`outputHistogram/${bins}`, 'outputs', bins);

/** Each unit's output times the loss gradient by this output, summed over all batches. */
export const outputTimesGradient = /* @__PURE__ */ total(
  'outputTimesGradient',
  'outputGradients',
  (output, gradient) => sum(mul(output, gradient), 0),
);
