import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import type {Skipped} from '../pruned';
import type {Statistics} from '../statistics/statistic';
import type {Importance} from './importance';

/**
 * Separates the weights with all statistics that an importance needs from the others. In fit, frozen weights have no
 * gradients, and weights whose output stays inside their layer have no outputs.
 *
 * @throws if no weight has them all.
 */
export function withStatistics(
  network: Network,
  {needs = [], withoutScore}: Importance,
  weights: readonly Weight[],
  statistics: Statistics = new Map(),
): {known: Weight[]; skipped: Skipped[]} {
  const known: Weight[] = [];
  const skipped: Skipped[] = [];
  for (const weight of weights) {
    const {name} = weight;
    const missing = needs.filter((need) => !statistics.get(name)?.[need.name]).map((need) => need.name);
    const reason = withoutScore?.(network, weight);
    if (missing.length === 0 && reason === undefined) known.push(weight);
    else skipped.push({name, reason: reason ?? `it has no ${missing}`});
  }
  if (known.length === 0 && withoutScore !== undefined && skipped.length > 0) {
    const [{name, reason}] = skipped;
    throw network.refuse(`the importance scores none of the weights; of "${name}", as ${reason}`);
  }
  if (known.length === 0) {
    throw network.refuse(
      `the importance needs ${needs.map(({name}) => name)}, and no weight has it; ` +
        'give data: [x, y], or prune in fit with pruning()',
    );
  }
  return {known, skipped};
}
