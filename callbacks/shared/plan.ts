import {assertTarget, type Target} from '../../src/target';
import {attempt} from '../../src/util/factory';
import type {Timing} from './pruningOptions';

/** A future mask update. */
export interface PlannedUpdate {
  /** The epoch in which or at whose end it happens; undefined if the number of batches is unknown. */
  readonly epoch: number | undefined;
  /** The batch after which it happens; undefined for updates by epochs. */
  readonly batch: number | undefined;
  /** Progress from begin to end, in [0, 1]. */
  readonly progress: number;
  /** The target of the schedule. */
  readonly target: Target;
}

/** A run of fit. */
export interface Run {
  readonly epochs: number;
  /** The number of batches per epoch, if known. */
  readonly batches: number | undefined;
  /** Its `initialEpoch`, and the number of batches that the callback has seen before. */
  readonly from: {readonly epoch: number; readonly batch: number};
}

/** A run's updates by their epochs or batches. */
export interface Plan {
  readonly updates: ReadonlyMap<number, PlannedUpdate>;
  /** The epoch or batch of the last update, which may be in another run. */
  readonly end: number;
}

/**
 * Plans a run's updates: at `begin`, every `every` after it, and at `end`.
 *
 * @param mayBeOver Whether the last update may have been in an earlier run.
 * @throws if the run has no updates, is too short or of unknown length, or if the schedule returns no target.
 */
export function planFor(timing: Timing, run: Run, mayBeOver = false): Plan {
  const {unit, begin, every, schedule} = timing;
  const {batches, from} = run;
  const [first, stop] = timesOf(timing, run);
  const end = endOf(timing, stop);
  const updates = new Map<number, PlannedUpdate>();
  const add = (time: number) => {
    if (time < first || time >= stop) return;
    const progress = begin === end ? 1 : (time - begin) / (end - begin);
    const target = attempt('pruning', 'schedule', schedule, progress);
    assertTarget(`pruning: the schedule at progress ${progress}`, target);
    const update =
      unit === 'epoch'
        ? {epoch: time, batch: undefined}
        : {epoch: batches && from.epoch + Math.floor((time - from.batch) / batches), batch: time};
    updates.set(time, {...update, progress, target});
  };
  for (let time = begin; time < end; time += every) add(time);
  add(end);
  if (updates.size === 0 && !(mayBeOver && first > end)) {
    throw new Error(
      `pruning: nothing would be pruned, as the ${unit === 'epoch' ? 'epochs' : 'batches'} from ${begin} to ${end} are ` +
        `not among those of this run, ${first} to ${stop - 1}`,
    );
  }
  return {updates, end};
}

/** The epoch or batch of the last update of a run. @throws if it depends on a number of batches that is not known. */
export function lastUpdate(timing: Timing, run: Run): number {
  return endOf(timing, timesOf(timing, run)[1]);
}

/** The targets in a plan that may fail: thresholds and counts at its ends, or else the last number. */
export function targetsToTry({updates}: Plan): Target[] {
  const targets = [...updates.values()].map(({target}) => target);
  const last = targets.length - 1;
  const others = targets.filter((target, i) => typeof target !== 'number' && (i === 0 || i === last));
  return others.length > 0 ? others : targets.slice(-1);
}

/** The first time of a run, and the first after it. */
function timesOf({unit}: Timing, {epochs, batches = Number.POSITIVE_INFINITY, from}: Run): [number, number] {
  return unit === 'epoch' ? [from.epoch, epochs] : [from.batch, from.batch + (epochs - from.epoch) * batches];
}

/** The time of the last update, by default three quarters into a run and before its last time, to leave time to recover. */
function endOf({unit, begin, end: given}: Timing, stop: number): number {
  const end = given ?? Math.max(0, Math.min(Math.ceil(stop * 0.75) - 1, stop - 2));
  if (end === Number.POSITIVE_INFINITY) {
    throw new Error('pruning: the number of batches is not known here, so give `end`');
  }
  if (begin > end) {
    throw new Error(`pruning: begin ${begin} is after end ${end}, three quarters of the run; give \`end\``);
  }
  if (unit === 'epoch' && end >= stop) {
    throw new Error(`pruning: end ${end} is past the last epoch, ${stop - 1}`);
  }
  return end;
}
