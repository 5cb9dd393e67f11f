import {assertOptions} from '../options';
import {indexOfHighest, keepTop, keptUnits} from '../select';
import type {Allocation} from './allocation';
import {byLength, type Normalization, type NormalizationName, normalizationOf, normalized} from './normalize';

/**
 * The weights compete: the lowest scores go, wherever they are, so that all weights together reach the sparsity
 * asked for. Each weight's best unit is set aside first, so no weight is emptied.
 *
 * formula: the n·(1 − sparsity) units of highest normalized score stay, of the n units of all weights
 * cost: a selection among all scores; with `lamp` a sort of each weight's
 *
 * @param normalize Makes the scores of weights comparable: `'none'` leaves them as they are; `'l2'` divides them by the
 *   length of all scores of the weight; `lamp`, or a function of a weight's scores. By default single elements are
 *   compared as they are, and larger units by `'l2'`, as the means over units of other sizes tell little of each other.
 * @see Molchanov et al.: Pruning Convolutional Neural Networks for Resource Efficient Inference, 2017, for `'l2'`.
 */
export function global(options: {normalize?: Normalization | NormalizationName} = {}): Allocation {
  assertOptions('global', options, ['normalize']);
  const asked = normalizationOf('global', options.normalize ?? 'none');
  return (candidates, sparsity) => {
    // A weight of a single unit has no length but its score.
    const areMeans = candidates.some(({scores, pooled}) => pooled && scores.length > 1);
    const normalize = options.normalize === undefined && areMeans ? byLength : asked;
    const sizes = candidates.map(({scores}) => scores.length);
    const all = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
    candidates.forEach(({scores, least = 1}, i) => {
      all.set(normalized('global', scores, normalize), starts[i]);
      if (least > 0) {
        all[starts[i] + indexOfHighest(scores)] = Number.POSITIVE_INFINITY;
      }
    });
    const setAside = candidates.filter(({least = 1}) => least > 0).length;
    const kept = keepTop(all, Math.max(setAside, keptUnits(all.length, sparsity)));
    return starts.map((start, i) =>
      kept.subarray(start, start + sizes[i]).reduce((sum, bit) => sum + bit, 0),
    );
  };
}
