/**
 * Metrics of classes over a whole set of examples.
 *
 * @module tfjs-pruning/metrics
 */

export {accuracy} from './accuracy';
export {f1} from './f1';
export type {AverageOptions, Confusion, Metric} from './metric';
export {precision} from './precision';
export {recall} from './recall';
