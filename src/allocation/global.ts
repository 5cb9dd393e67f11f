import {indexOfHighest, keepTop, keptUnits} from '../select';
import type {Allocation} from './allocation';

/**
 * The weights compete: the lowest scores go, wherever they are, so that all weights together reach the sparsity
 * asked for. Each weight's best unit is set aside first, so no weight is emptied.
 */
export function global(): Allocation {
  return (candidates, sparsity) => {
    const sizes = candidates.map(({scores}) => scores.length);
    const all = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
    candidates.forEach(({scores, least = 1}, i) => {
      all.set(scores, starts[i]);
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
