import {abs, mul, square} from '@tensorflow/tfjs-core';
import {mean, total} from './statistic';

/** The mean gradient of the loss by each element, over the batches. */
export const meanGradient = mean('meanGradient', 'gradients', (gradient) => mul(gradient, 1));

/** The mean of its absolute value. */
export const meanAbsGradient = mean('meanAbsGradient', 'gradients', (gradient) => abs(gradient));

/** The mean of its square, the diagonal of the empirical Fisher information of batches. */
export const meanSquareGradient = mean('meanSquareGradient', 'gradients', (gradient) => square(gradient));

/** The sum over the batches of each element times its gradient. */
export const weightTimesGradient = total('weightTimesGradient', 'gradients', mul);
