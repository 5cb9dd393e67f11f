import {assertNoArguments} from '../../util/options';
import {averaged} from './average';
import type {Metric} from './metric';

/**
 * The share of examples whose class is predicted right.
 *
 * formula: right / all
 *
 * @returns a metric named `accuracy`, in [0, 1].
 * @throws if it gets an argument.
 * @example await sensitivity(model, x, y, {metric: accuracy()});
 */
export function accuracy(): Metric {
  assertNoArguments('accuracy', arguments);
  return averaged('accuracy', {average: 'micro'}, ({right, actual}) => right / actual);
}
