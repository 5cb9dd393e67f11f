import {describe} from './tfjs';

/**
 * A schedule says how much at which progress: a plain function of progress in [0, 1]. It may return anything
 * that is a target; the ones here return numbers, so they serve for strengths and rates too.
 */
export type Schedule<T = number> = (progress: number) => T;

interface Ramp {
  /** The value at progress 0. */
  from?: number;
  /** The value at progress 1. */
  to: number;
}

/** The same all the time. */
export function constant(value: number): Schedule {
  return () => value;
}

/** In a straight line: from + (to − from)·p. `from` is 0 by default. */
export function linear({from = 0, to}: Ramp): Schedule {
  return polynomial({from, to, power: 1});
}

/**
 * Fast first, while there is much to spare, and ever slower: to + (from − to)·(1 − p)^power.
 *
 * @param from 0 by default. @param power 3 by default.
 * @see Zhu, Gupta: To Prune, or Not to Prune, 2017.
 */
export function polynomial({from = 0, to, power = 3}: Ramp & {power?: number}): Schedule {
  assertRamp('polynomial', {from, to, power});
  return (p) => to + (from - to) * (1 - p) ** power;
}

/** Slow, fast, slow: to + (from − to)·(1 + cos πp)/2. `from` is 0 by default. */
export function cosine({from = 0, to}: Ramp): Schedule {
  assertRamp('cosine', {from, to});
  return (p) => to + ((from - to) * (1 + Math.cos(Math.PI * p))) / 2;
}

/** What is kept shrinks by the same factor all the time: kept = (1 − from)^(1−p)·(1 − to)^p. `from` is 0 by default. */
export function exponential({from = 0, to}: Ramp): Schedule {
  assertRamp('exponential', {from, to});
  return (p) => 1 - (1 - from) ** (1 - p) * (1 - to) ** p;
}

/**
 * One value after the other, each for an equal span of progress.
 *
 * @throws if there are no values.
 */
export function steps(values: readonly number[]): Schedule {
  if (!(values?.length > 0)) {
    throw new Error('steps: needs at least one value, as in steps([0.5, 0.8, 0.9])');
  }
  return (p) => values[Math.min(values.length - 1, Math.floor(p * values.length))];
}

function assertRamp(who: string, options: {[name: string]: unknown}): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new Error(`${who}: ${name} must be a number, got ${describe(value)}`);
    }
  }
}
