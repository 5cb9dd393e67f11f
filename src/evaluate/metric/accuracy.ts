import {averaged} from './average';
import type {Metric} from './metric';

/**
 * The share of examples whose class is predicted right.
 *
 * formula: right / all
 */
export function accuracy(): Metric {
  return averaged('accuracy', {average: 'micro'}, ({right, actual}) => right / actual);
}
