import {givenFor} from './allocation/named';
import type {Weight} from './model/weight';
import type {Group} from './select/group';
import {countAbove, nthHighest} from './select/select';
import {describe} from './util/describe';

/** A target that keeps all units with a score above a threshold. */
export interface Threshold {
  (groups: Group[]): number[];
  /** Set by `threshold()`, so that using one as a schedule or an allocation is an error. */
  readonly isTarget?: true;
}

/** The forms of a threshold. */
export type ThresholdSpec = number | {quantile: number} | {std: number} | {[layer: string]: number};

/**
 * A target that keeps the units whose score is above τ and prunes those at τ or below; a unit's score is the
 * mean over its elements, unless the pattern pools otherwise. A weight that this would empty keeps its best unit, and
 * the result reports it; only `layer()` may empty it. A threshold replaces a sparsity and its allocation.
 *
 * formula: kept = the units with score > τ
 *
 * @param spec τ itself; or `{conv1: τ, …}` by layer name, other layers are unchanged, and of layers with tied
 *   channels any may be named; or
 *   `{quantile: q}`: τ is the score that a share q of the weight's units does not exceed, q in [0, 1);
 *   or `{std: c}`: τ is c standard deviations of the weight's unmasked scores (after Han et al. 2015, who use the weights
 *   themselves).
 * @returns a target, for `prune` and for schedules of `pruning`.
 * @throws if the specification is not one of these; when it is used, if a layer is unknown, or if tied layers get
 *   different ones.
 * @example threshold(1e-2)
 */
export function threshold(spec: ThresholdSpec): Threshold {
  const limit = limitOf(spec);
  const target = (groups: Group[]) => {
    const layers = groups.flatMap(({members}) => members).map(({weight}) => weight.layer);
    const unknown = limit.layers.find((layer) => !layers.includes(layer));
    if (unknown !== undefined) {
      throw new Error(
        `threshold: no layer "${unknown}" to prune; there are ${[...new Set(layers)].join(', ')}`,
      );
    }
    return groups.map((group) => countAbove(group.scores, Math.fround(limit(group))));
  };
  return Object.assign(target, {isTarget: true as const});
}

type Limit = ((group: Group) => number) & {layers: string[]};

function limitOf(spec: ThresholdSpec): Limit {
  const of = (layers: string[], limit: (group: Group) => number) => Object.assign(limit, {layers});
  if (typeof spec === 'number' && !Number.isNaN(spec)) {
    return of([], () => spec);
  }
  if (typeof spec === 'object' && spec !== null) {
    const entries: [string, unknown][] = Object.entries(spec);
    const numbers = entries.every(([, value]) => typeof value === 'number' && !Number.isNaN(value));
    const [[key, value] = ['', 0]] = entries as [string, number][];
    if (numbers && entries.length === 1 && key === 'quantile' && value >= 0 && value < 1) {
      return of([], ({scores}) => quantile(scores, value));
    }
    if (numbers && entries.length === 1 && key === 'std') {
      return of([], ({scores}) => value * standardDeviation(scores));
    }
    if (numbers && entries.length > 0 && key !== 'quantile') {
      const limits = spec as {[layer: string]: number};
      const givenBy = ({layer}: Weight) =>
        Object.hasOwn(limits, layer) ? ([layer, limits[layer]] as const) : undefined;
      return of(
        Object.keys(limits),
        (group) => givenFor('threshold', group, givenBy) ?? Number.NEGATIVE_INFINITY,
      );
    }
  }
  throw new Error(
    `threshold: expected a number, {quantile} in [0, 1), {std} or a number by layer name, got ${describe(spec)}`,
  );
}

function quantile(scores: Float32Array, q: number): number {
  const atOrBelow = Math.round(scores.length * q);
  return atOrBelow === 0 ? Number.NEGATIVE_INFINITY : nthHighest(scores, scores.length - atOrBelow + 1);
}

/** The standard deviation of the finite scores. */
function standardDeviation(scores: Float32Array): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    if (Number.isFinite(scores[i])) {
      sum += scores[i];
      count++;
    }
  }
  const mean = sum / count;
  for (let i = 0; i < scores.length; i++) {
    if (Number.isFinite(scores[i])) squares += (scores[i] - mean) ** 2;
  }
  return Math.sqrt(squares / count);
}
