/**
 * Statistics for the `needs` of a custom importance.
 *
 * @module tfjs-pruning/statistics
 */

export {statistic} from './define';
export {
  hessianDiagonal,
  meanAbsGradient,
  meanGradient,
  meanSquareGradient,
  weightTimesGradient,
} from './gradients';
export {inputHistogram, inputNorm} from './inputs';
export {
  activeShare,
  maxOutput,
  meanAbsOutput,
  meanOutput,
  outputHistogram,
  outputTimesGradient,
} from './outputs';
export type {Source, Statistic, Taking, WeightStatistics} from './statistic';
