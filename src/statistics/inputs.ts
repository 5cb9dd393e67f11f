import {sqrt, square, sum} from '@tensorflow/tfjs-core';
import {histogram} from './bins';
import {total} from './define';

/** The L2 norm of each input feature over all examples, positions and steps. */
export const inputNorm = /* @__PURE__ */ total(
  'inputNorm',
  'inputs',
  (input) => sum(square(input), 0),
  ([squares]) => sqrt(squares),
);

/**
 * A histogram per input feature, with `bins` equal bins over the range of all features.
 *
 * @returns a statistic whose values are `[bins, input features]`.
 * @throws unless `bins` is a whole number from 2.
 * @example Object.assign(importance, {needs: [inputHistogram(16)]})
 * @function
 */
export const inputHistogram = (bins: number) => histogram(`inputHistogram/${bins}`, 'inputs', bins);
