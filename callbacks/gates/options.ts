import {add, mul, onesLike, sigmoid, step, type Tensor} from '@tensorflow/tfjs-core';
import {assertStrength} from '../../src/penalty/addSparsityLoss';
import type {Schedule} from '../../src/schedule';
import {ask, assertPart} from '../../src/util/factory';
import {assertCount, assertNumber, assertOneOf, assertOptions} from '../../src/util/options';
import {assertWhere, type Where} from '../../src/where';

/** Options for `gates`. */
export interface GatesOptions {
  /**
   * The loss that a weight has to save to stay, per unit by which it grows: a number from 0, or a schedule of progress from `begin` to `end`.
   * The higher it is, the sparser the model becomes.
   */
  strength: number | Schedule;
  /** How far a batch moves a gate at most, in the order of magnitude; 0.01 by default. Gates start at 1, and prune at 0. */
  rate?: number;
  /**
   * The slope that stands for that of the step from pruned to kept: `softplus` by default, the logistic function, which falls for pruned
   * weights, so that few return; `leaky`, 1 and 0.1 for pruned weights; or `linear`, 1.
   */
  estimator?: keyof typeof slopes;
  /** The epoch from which on masks are learned; 0 by default. */
  begin?: number;
  /** The epoch after which masks are final; three quarters of the run by default. */
  end?: number;
  /** The weights with gates; all by default. */
  where?: Where;
}

/** The slopes of estimators, by a gate's value. */
const slopes = {
  softplus: (gate: Tensor): Tensor => sigmoid(gate),
  leaky: (gate: Tensor): Tensor => add(mul(step(gate), 0.9), 0.1),
  linear: (gate: Tensor): Tensor => onesLike(gate),
} as const;

/** The options with their defaults. */
export interface Learning extends Pick<GatesOptions, 'end' | 'where'> {
  readonly strengthAt: Schedule;
  readonly rate: number;
  readonly slope: (gate: Tensor) => Tensor;
  readonly begin: number;
}

/** @throws on bad options. */
export function parseGates(options: GatesOptions): Learning {
  assertOptions('gates', options, ['strength', 'rate', 'estimator', 'begin', 'end', 'where']);
  const {strength, rate = 0.01, estimator = 'softplus', begin = 0, end, where} = options;
  if (typeof strength === 'function') assertPart('gates', 'strength', strength);
  else assertStrength('gates', strength);
  assertNumber('gates', 'rate', rate, 'a positive number', (x) => x > 0 && x < Number.POSITIVE_INFINITY);
  assertOneOf('gates', 'estimator', estimator, ['softplus', 'leaky', 'linear']);
  assertCount('gates', 'begin', begin, 0);
  if (end !== undefined) assertCount('gates', 'end', end, 0);
  if (where !== undefined) assertWhere('gates', where);
  const strengthAt = (progress: number) => {
    const value = typeof strength === 'function' ? ask('gates', 'strength', strength, progress) : strength;
    assertStrength('gates', value);
    return value;
  };
  return {strengthAt, rate, slope: slopes[estimator], begin, end, where};
}

/** The last epoch of learning in a run of so many epochs. @throws if it is not in the run. */
export function lastEpoch({begin, end: given, strengthAt}: Learning, epochs: number): number {
  const end = given ?? Math.max(0, Math.min(Math.ceil(epochs * 0.75) - 1, epochs - 2));
  if (begin > end) throw new Error(`gates: begin ${begin} is after end ${end}`);
  if (end >= epochs) throw new Error(`gates: end ${end} is past the last epoch, ${epochs - 1}`);
  // Bad values of a schedule are reported before the first batch.
  for (let epoch = begin; epoch <= end; epoch++)
    strengthAt(begin === end ? 1 : (epoch - begin) / (end - begin));
  return end;
}
