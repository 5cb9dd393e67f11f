import {averaged} from './average';
import type {AverageOptions, Metric} from './metric';

/**
 * The harmonic mean of precision and recall.
 *
 * formula: 2 · right / (predicted + actual) of a class
 *
 * @see van Rijsbergen: Information Retrieval, 1979.
 */
export function f1(options: AverageOptions = {}): Metric {
  return averaged('f1', options, ({right, predicted, actual}) =>
    predicted + actual > 0 ? (2 * right) / (predicted + actual) : 0,
  );
}
