import {assertOptions} from '../util/options';
import type {Allocation} from './allocation';
import {compete} from './compete';
import type {Normalization, NormalizationName} from './normalize';

/**
 * Prunes the lowest scores of all weights together to reach the sparsity. Each weight's best unit is set aside first,
 * so that no weight is emptied.
 *
 * formula: keeps the n·(1 − sparsity) units with the highest normalized scores, of the n units of all weights
 * cost: a selection among all scores; with `lamp` a sort of each weight's
 *
 * @param options.normalize Makes the scores of weights comparable: `'none'` leaves them unchanged; `'l2'` divides them by the L2
 *   norm of the weight's scores; `lamp`, or a function of a weight's scores. By default single elements are compared
 *   unchanged, and larger units by `'l2'`, because means over units of different sizes are not comparable.
 * @returns an allocation, for the option `allocation` of recipes.
 * @throws on unknown options, or another normalization.
 * @see Molchanov et al.: Pruning Convolutional Neural Networks for Resource Efficient Inference, 2017, for `'l2'`.
 */
export function global(options: {normalize?: Normalization | NormalizationName} = {}): Allocation {
  assertOptions('global', options, ['normalize']);
  return compete('global', options.normalize);
}
