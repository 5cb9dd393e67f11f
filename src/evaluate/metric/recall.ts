import {averaged} from './average';
import type {AverageOptions, Metric} from './metric';

/**
 * The share of a class's examples that are predicted correctly.
 *
 * formula: right / actual of a class, 0 without examples of it
 *
 * @returns a metric named `recall`, in [0, 1].
 * @throws on unknown options, or another average.
 * @example evaluation({data: [x, y], metrics: [recall()]})
 */
export function recall(options: AverageOptions = {}): Metric {
  return averaged('recall', options, ({right, actual}) => (actual > 0 ? right / actual : 0));
}
