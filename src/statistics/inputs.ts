import {sqrt, square, sum} from '@tensorflow/tfjs-core';
import {histogram} from './bins';
import {total} from './define';

/** The Euclidean norm of each input feature over all examples, positions and steps. */
export const inputNorm = /* @__PURE__ */ total(
  'inputNorm',
  'inputs',
  (input) => sum(square(input), 0),
  ([squares]) => sqrt(squares),
);

/** How often each input feature falls into each of `bins` equal parts of the range of all. */
export const inputHistogram = (bins: number) => histogram(`inputHistogram/${bins}`, 'inputs', bins);
