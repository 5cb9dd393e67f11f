import {averaged} from './average';
import type {AverageOptions, Metric} from './metric';

/**
 * The harmonic mean of precision and recall.
 *
 * formula: 2 · right / (predicted + actual) of a class
 *
 * @returns a metric named `f1`, in [0, 1].
 * @throws on unknown options, or another average.
 * @see van Rijsbergen: Information Retrieval, 1979.
 * @example evaluation({data: [x, y], metrics: [f1({average: 'macro'})]})
 */
export function f1(options: AverageOptions = {}): Metric {
  return averaged('f1', options, ({right, predicted, actual}) =>
    predicted + actual > 0 ? (2 * right) / (predicted + actual) : 0,
  );
}
