/**
 * Predictions without TensorFlow.js.
 *
 * @module tfjs-pruning/runtime
 */

export type {Port, ShapedInput} from './input';
export {load} from './load';
export type {Net} from './Net';
