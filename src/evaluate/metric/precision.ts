import {averaged} from './average';
import type {AverageOptions, Metric} from './metric';

/**
 * The share of correct predictions among those for a class.
 *
 * formula: right / predicted of a class, 0 without predictions of it
 *
 * @returns a metric named `precision`, in [0, 1].
 * @throws on unknown options, or another average.
 * @example evaluation({data: [x, y], metrics: [precision()]})
 */
export function precision(options: AverageOptions = {}): Metric {
  return averaged('precision', options, ({right, predicted}) => (predicted > 0 ? right / predicted : 0));
}
