import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import type {Skipped} from '../pruned';
import type {Statistics} from '../statistics/statistic';
import type {Importance} from './importance';

/**
 * Parts weights by whether all is known that an importance needs to know of them. Of a frozen weight fit shows no
 * gradient, and of one whose outputs stay inside its layer no output.
 *
 * @throws if it knows none of them enough.
 */
export function withStatistics(
  network: Network,
  {needs = []}: Importance,
  weights: readonly Weight[],
  statistics: Statistics = new Map(),
): {known: Weight[]; skipped: Skipped[]} {
  const missing = (weight: Weight) =>
    needs.map(({name}) => name).filter((name) => statistics.get(weight.name)?.[name] === undefined);
  const known = weights.filter((weight) => missing(weight).length === 0);
  if (known.length === 0) {
    throw network.refuse(
      `the importance needs ${missing(weights[0])}, which is not known of any weight; ` +
        'give statistics: await measure(model, x, y, {needs: importance.needs}), or prune in fit with pruning()',
    );
  }
  return {
    known,
    skipped: weights
      .filter((weight) => !known.includes(weight))
      .map((weight) => ({name: weight.name, reason: `${missing(weight)} is not known of it`})),
  };
}
