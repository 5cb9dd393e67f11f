import {abs, mul, square} from '@tensorflow/tfjs-core';
import {mean, total} from './define';

/** The mean gradient of the loss by each element, over the batches. */
export const meanGradient = /* @__PURE__ */ mean('meanGradient', 'gradients', (gradient) => mul(gradient, 1));

/** The mean absolute gradient. */
export const meanAbsGradient = /* @__PURE__ */ mean('meanAbsGradient', 'gradients', (gradient) =>
  abs(gradient),
);

/** The mean squared gradient, the diagonal of the empirical Fisher information of batches. */
export const meanSquareGradient = /* @__PURE__ */ mean('meanSquareGradient', 'gradients', (gradient) =>
  square(gradient),
);

/** The sum over the batches of each element times its gradient. */
export const weightTimesGradient = /* @__PURE__ */ total('weightTimesGradient', 'gradients', mul);

/**
 * The diagonal of the Gauss-Newton matrix of the loss, without regularizers: the mean square of gradients with targets sampled from the
 * outputs.
 */
export const hessianDiagonal = /* @__PURE__ */ mean('hessianDiagonal', 'sampledGradients', (gradient) =>
  square(gradient),
);
