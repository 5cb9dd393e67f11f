/**
 * Layers models from graph models.
 *
 * @module tfjs-pruning/graph
 */

import './layers/index';

export {type ConversionReport, conversionReport} from './conversionReport';
export type {Outside} from './convert';
export type {ToLayersModelOptions} from './options';
export {toLayersModel} from './toLayersModel';
