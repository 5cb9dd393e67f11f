import {averaged} from './average';
import type {AverageOptions, Metric} from './metric';

/**
 * The share of correct predictions among those for a class.
 *
 * formula: right / predicted of a class, 0 without predictions of it
 */
export function precision(options: AverageOptions = {}): Metric {
  return averaged('precision', options, ({right, predicted}) => (predicted > 0 ? right / predicted : 0));
}
