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
