/**
 * Predictions without TensorFlow.js.
 *
 * @module tfjs-pruning/runtime
 */

export {load} from './load';
export type {Net, Port, ShapedInput} from './Net';
