import {averaged} from './average';
import type {AverageOptions, Metric} from './metric';

/**
 * How much of a class was found.
 *
 * formula: right / actual of a class, 0 where there is nothing of it
 */
export function recall(options: AverageOptions = {}): Metric {
  return averaged('recall', options, ({right, actual}) => (actual > 0 ? right / actual : 0));
}
