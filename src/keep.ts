import {assertCount, assertOptions, isRecord} from './util/options';

/**
 * A count of units to keep in all weights together, as `{keep: 3803}`, or as a function of the count of all units,
 * `{keep: (units) => units / 70}`, whose result is rounded to at least 1. The allocation divides it at the sparsity
 * 1 − keep / units; if its rounded counts do not add up, at the nearest sparsities above and below, between whose counts
 * the weights are filled up in their order. Channels that are tied count once. Each weight keeps at
 * least one unit, unless the pattern may empty it, and with `roundTo` a multiple.
 */
export interface Keep {
  /** The count, a number from 1, or a function of the count of all units. */
  readonly keep: number | ((units: number) => number);
}

export function isKeep(target: unknown): target is Keep {
  return isRecord(target) && 'keep' in target;
}

/** Throws unless a target has a count or a function, and nothing else. */
export function assertKeep(who: string, target: Keep): void {
  assertOptions(who, target, ['keep']);
  if (typeof target.keep !== 'function') assertCount(who, 'keep', target.keep);
}

/** The count of units to keep out of a number of units. @throws if a function returns no count. */
export function keptOf(who: string, {keep}: Keep, units: number): number {
  if (typeof keep === 'number') return keep;
  const count = Math.max(1, Math.round(keep(units)));
  assertCount(who, `keep of ${units} units`, count);
  return count;
}
