import {assertKeep, isKeep, type Keep, keptOf} from './keep';
import {describe} from './util/describe';
import {assertNumber, assertOptions} from './util/options';

/**
 * Maps progress in [0, 1] to a value. Schedules of `pruning` may return any target; the schedules below return numbers, which
 * also suit strengths and learning rates.
 */
export type Schedule<T = number> = (progress: number) => T;

interface Ramp<To> {
  /** The value at progress 0. */
  from?: number;
  /** The value at progress 1: a number, or as a target of `pruning` also the count of units to keep in all, `{keep: 1437}`. */
  to: To;
}

/** The targets of a ramp to a number are numbers; those of a ramp to a count are counts. */
type Ramped<To> = Schedule<To extends Keep ? Keep : number>;

/**
 * Returns the same value at any progress.
 *
 * formula: value
 *
 * @returns the value at progress p, a number.
 * @throws unless the value is a number.
 * @example constant(0.5)
 */
export function constant(value: number): Schedule {
  assertNumber('constant', 'the value', value, 'a number');
  return () => value;
}

/**
 * Interpolates linearly.
 *
 * formula: from + (to − from)·p, at progress p
 *
 * @param ramp.from 0 by default.
 * @returns the value at progress p: a number, or a count if `to` is one.
 * @throws on unknown options, or unless `from` and `to` are numbers; `to` may be a count.
 * @example linear({to: 0.9})
 */
export function linear<To extends number | Keep>(ramp: Ramp<To>): Ramped<To> {
  const options = withDefaults('linear', {from: 0}, ramp);
  return ramped('linear', options, (from, to, p) => to + (from - to) * (1 - p));
}

/**
 * Rises fast at first, while many weights are redundant, and then ever more slowly.
 *
 * formula: to + (from − to)·(1 − p)^power, at progress p
 *
 * @param ramp.from 0 by default.
 * @param ramp.power 3 by default.
 * @returns the value at progress p: a number, or a count if `to` is one.
 * @throws on unknown options, or unless `from`, `to` and `power` are numbers; `to` may be a count.
 * @see Zhu, Gupta: To Prune, or Not to Prune, 2017.
 * @example polynomial({to: 0.9})
 */
export function polynomial<To extends number | Keep>(ramp: Ramp<To> & {power?: number}): Ramped<To> {
  const options = withDefaults('polynomial', {from: 0, power: 3}, ramp);
  return ramped('polynomial', options, (from, to, p) => to + (from - to) * (1 - p) ** options.power);
}

/**
 * Rises slowly at the start and at the end, along half a cosine wave.
 *
 * formula: to + (from − to)·(1 + cos πp) / 2, at progress p
 *
 * @param ramp.from 0 by default.
 * @returns the value at progress p: a number, or a count if `to` is one.
 * @throws on unknown options, or unless `from` and `to` are numbers; `to` may be a count.
 * @see Loshchilov, Hutter: SGDR: Stochastic Gradient Descent with Warm Restarts, 2017, for the curve.
 * @example cosine({to: 0.9})
 */
export function cosine<To extends number | Keep>(ramp: Ramp<To>): Ramped<To> {
  const options = withDefaults('cosine', {from: 0}, ramp);
  return ramped('cosine', options, (from, to, p) => to + ((from - to) * (1 + Math.cos(Math.PI * p))) / 2);
}

/**
 * Shrinks the remaining share by a constant factor per unit of progress.
 *
 * formula: 1 − (1 − from)^(1 − p)·(1 − to)^p, at progress p
 *
 * @param ramp.from 0 by default.
 * @returns the value at progress p: a number, or a count if `to` is one.
 * @throws on unknown options, or unless `from` and `to` are numbers; `to` may be a count.
 * @example exponential({to: 0.9})
 */
export function exponential<To extends number | Keep>(ramp: Ramp<To>): Ramped<To> {
  const options = withDefaults('exponential', {from: 0}, ramp);
  return ramped('exponential', options, (from, to, p) => 1 - (1 - from) ** (1 - p) * (1 - to) ** p);
}

/**
 * Returns one value after another, each for an equal span of progress.
 *
 * formula: values[⌊p·count⌋], at progress p
 *
 * @returns the value at progress p, a number.
 * @throws if there are no values.
 * @example steps([0.5, 0.8, 0.9])
 */
export function steps(values: readonly number[]): Schedule {
  if (!Array.isArray(values) || values.length === 0) {
    throw new Error(`steps: needs at least one value, as in steps([0.5, 0.8, 0.9]), got ${describe(values)}`);
  }
  for (const value of values) assertNumber('steps', 'each value', value, 'a number');
  return (p) => values[Math.min(values.length - 1, Math.floor(p * values.length))];
}

/** A schedule by a curve; to a count it depends on the number of units, so that each of its targets is a function of that. */
function ramped<To extends number | Keep>(
  who: string,
  {from, to}: Required<Ramp<To>>,
  curve: (from: number, to: number, progress: number) => number,
): Ramped<To> {
  const values = (p: number): number | Keep => {
    if (!isKeep(to)) return curve(from, to as number, p);
    const shareOf = (units: number) => 1 - keptOf(who, to, units) / units;
    return p === 1 ? to : {keep: (units) => units * (1 - curve(from, shareOf(units), p))};
  };
  return values as Ramped<To>;
}

/** Fills in the defaults of a ramp. @throws unless all options are numbers, or `to` a count; `to` is required. */
function withDefaults<To, Defaults extends object>(
  who: string,
  defaults: Defaults,
  ramp: Ramp<To>,
): Required<Ramp<To>> & Defaults {
  assertOptions(who, ramp, ['to', ...Object.keys(defaults)]);
  const options = {...defaults, ...ramp};
  for (const name of ['to', ...Object.keys(defaults)]) {
    const value: unknown = options[name as keyof typeof options];
    if (name === 'to' && isKeep(value)) assertKeep(who, value);
    else assertNumber(who, name, value, 'a number');
  }
  return options as Required<Ramp<To>> & Defaults;
}
