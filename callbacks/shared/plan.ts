import {assertTarget, type Target} from '../../src/target';
import {attempt} from '../../src/util/factory';
import type {Timing} from './pruningOptions';

/** One update of the masks to come. */
export interface PlannedUpdate {
  /** The epoch in which it is, or at whose end; undefined where the number of batches is not known. */
  readonly epoch: number | undefined;
  /** The batch after which it is; undefined for updates by epochs. */
  readonly batch: number | undefined;
  /** How far it is from begin to end, in [0, 1]. */
  readonly progress: number;
  readonly target: Target;
}

/** A run of fit. */
export interface Run {
  readonly epochs: number;
  /** How many batches an epoch has, if that is known. */
  readonly batches: number | undefined;
  /** Its `initialEpoch`, and the batches that the callback has seen before. */
  readonly from: {readonly epoch: number; readonly batch: number};
}

/** When to update masks: at `begin`, every `every` after it, and at `end`; times count from 0. */
export interface Span {
  readonly begin: number;
  readonly end: number;
  readonly every: number;
}

/** The times of updates from `first` up to and without `stop`. */
export function updatesIn({begin, end, every}: Span, first: number, stop: number): number[] {
  const times = [];
  for (let time = begin; time < end; time += every) {
    times.push(time);
  }
  return [...times, end].filter((time) => time >= first && time < stop);
}

/** How far a time is on the way from begin to end, in [0, 1]; 1 where they are the same. */
export function progressAt(time: number, {begin, end}: Span): number {
  return begin === end ? 1 : (time - begin) / (end - begin);
}

/** The time three quarters into a run, but before its last, so that something is left to recover in. */
export function threeQuarters(times: number): number {
  return Math.max(0, Math.min(Math.ceil(times * 0.75) - 1, times - 2));
}

/** When masks are updated in a run, and which times it has. @throws if the run is too short or of unknown length. */
export function spanOf(
  {unit = 'epoch', begin = 0, every = 1, end: asked}: Timing,
  {epochs, batches = Number.POSITIVE_INFINITY, from}: Run,
): Span & {first: number; stop: number} {
  const byEpoch = unit === 'epoch';
  const first = byEpoch ? from.epoch : from.batch;
  const stop = byEpoch ? epochs : from.batch + (epochs - from.epoch) * batches;
  const end = asked ?? threeQuarters(stop);
  if (end === Number.POSITIVE_INFINITY) {
    throw new Error('pruning: the number of batches is not known here, so give `end`');
  }
  if (begin > end) {
    throw new Error(`pruning: begin ${begin} is after end ${end}, three quarters of the run; give \`end\``);
  }
  if (byEpoch && end >= stop) {
    throw new Error(`pruning: end ${end} is past the last epoch, ${stop - 1}`);
  }
  return {begin, end, every, first, stop};
}

/** The updates of a run. @throws if there are none, or the schedule gives no target. */
export function updatesOf(timing: Timing, run: Run): PlannedUpdate[] {
  const {first, stop, ...span} = spanOf(timing, run);
  const byEpoch = timing.unit !== 'batch';
  const times = updatesIn(span, first, stop);
  if (times.length === 0) {
    throw new Error(
      `pruning: nothing would be pruned, as the ${byEpoch ? 'epochs' : 'batches'} from ${span.begin} to ${span.end} are ` +
        `not among those of this run, ${first} to ${stop - 1}`,
    );
  }
  const {batches, from} = run;
  return times.map((time) => {
    const progress = progressAt(time, span);
    const target = attempt('pruning', 'schedule', timing.schedule, progress);
    assertTarget(`pruning: the schedule at progress ${progress}`, target);
    const epoch = byEpoch ? time : batches && from.epoch + Math.floor((time - from.batch) / batches);
    return {epoch, batch: byEpoch ? undefined : time, progress, target};
  });
}
