import type {Decision} from './select/group';
import {countAbove, roundedUp} from './select/select';

/** The result of a pruning. */
export interface Pruned {
  /** The requested share of units to prune, or count to keep; undefined for a threshold. */
  readonly asked: number | {readonly keep: number} | undefined;
  /** The share of masked elements in all prunable weights, as in `report`. */
  readonly sparsity: number;
  /** The weights that the recipe selects. */
  readonly weights: readonly PrunedWeight[];
  /** The weights without the statistics that the importance needs, which are unchanged. */
  readonly skipped: readonly Skipped[];
  /** One line: the two sparsities, and the notes. */
  toString(): string;
}

export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

/** The pruning of one weight. */
export interface PrunedWeight {
  /** The name of the weight, as `dense1/kernel`. */
  readonly name: string;
  /** The number of its units. */
  readonly units: number;
  /** The number of units to keep that was requested. */
  readonly asked: number;
  /** The number of remaining units. */
  readonly kept: number;
  /** The lowest score, the quartiles and the highest score among the units that were not masked before; quartiles are sampled if there are many units. */
  readonly scores: readonly [number, number, number, number, number];
  /** The highest score among the units pruned now; undefined if none was. */
  readonly threshold: number | undefined;
  /** Why `kept` is not `asked`. */
  readonly note?: string;
}

const textOf = (asked: Pruned['asked']) =>
  typeof asked === 'object' ? `to keep ${asked.keep} units` : (asked ?? 'by threshold');

export function pruned(
  asked: Pruned['asked'],
  sparsity: number,
  weights: PrunedWeight[],
  skipped: Skipped[],
): Pruned {
  return {
    asked,
    sparsity,
    weights,
    skipped,
    toString: () =>
      [
        `asked ${textOf(asked)}, reached ${sparsity}`,
        ...weights.filter(({note}) => note !== undefined).map(({name, note}) => `${name}: ${note}`),
        ...skipped.map(({name, reason}) => `${name} is unchanged: ${reason}`),
      ].join('; '),
  };
}

/**
 * The result for one weight. Units with a score above −∞ were not masked before.
 */
export function prunedWeight(
  {weight: {name}, scores, asked, minUnits, threshold}: Decision,
  roundTo = 1,
): PrunedWeight {
  const units = scores.length;
  const alive = countAbove(scores, Number.NEGATIVE_INFINITY);
  const row = {
    name,
    units,
    asked,
    kept: Math.min(alive, roundedUp(Math.max(minUnits, asked), roundTo)),
    scores: quartiles(scores, alive),
    threshold,
  };
  if (asked > alive) {
    return {...row, note: `only ${alive} of ${units} units were left, so nothing changed`};
  }
  if (row.kept > Math.max(minUnits, asked)) {
    return {...row, note: `${asked} units were asked for, ${row.kept} stay, in multiples of ${roundTo}`};
  }
  return asked < minUnits ? {...row, note: 'it would have been emptied, so its best unit stays'} : row;
}

/** More scores than this are sampled evenly; the lowest and the highest are always exact. */
const SAMPLE = 4096;

/** The lowest score, the quartiles and the highest score of the unmasked units, of which there are `alive`. */
function quartiles(scores: Float32Array, alive: number): PrunedWeight['scores'] {
  const step = Math.max(1, Math.floor(alive / SAMPLE));
  const sample = new Float32Array(Math.ceil(alive / step));
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let unit = 0, wait = 1, size = 0; unit < scores.length; unit++) {
    const score = scores[unit];
    if (score === Number.NEGATIVE_INFINITY) continue;
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
    if (--wait === 0) {
      sample[size++] = score;
      wait = step;
    }
  }
  sample.sort();
  const at = (share: number) => sample[Math.round((sample.length - 1) * share)] ?? Number.NaN;
  return [lowest, at(0.25), at(0.5), at(0.75), highest];
}
