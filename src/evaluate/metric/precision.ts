import {averaged} from './average';
import type {AverageOptions, Metric} from './metric';

/**
 * How much of what was taken for a class is of it.
 *
 * formula: right / predicted of a class, 0 where nothing was taken for it
 */
export function precision(options: AverageOptions = {}): Metric {
  return averaged('precision', options, ({right, predicted}) => (predicted > 0 ? right / predicted : 0));
}
