/**
 * Layers models from graph models.
 *
 * @module tfjs-pruning/graph
 */

export {type ConversionReport, conversionReport} from './conversionReport';
export type {Outside} from './convert';
export {type ToLayersModelOptions, toLayersModel} from './toLayersModel';
