import {describe} from '../util/describe';
import {assertNumber, assertOptions} from '../util/options';

export interface CollectOptions {
  /** How much of what was seen still counts a batch later: 1, all of it, by default. */
  decay?: number;
  /** Which steps of recurrent layers count, from the first to before the second; all by default. */
  steps?: readonly [from: number, to: number];
}

/** Throws unless they are options of collecting. */
export function assertCollect(who: string, options: CollectOptions = {}): void {
  assertOptions(`${who}: collect`, options, ['decay', 'steps']);
  const {decay = 1, steps = [0, 1]} = options;
  assertNumber(who, 'decay', decay, 'a number above 0 and at most 1', (x) => x > 0 && x <= 1);
  const [from, to] = [steps].flat();
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to)) {
    throw new Error(
      `${who}: steps must be two whole numbers, [from, to] with 0 <= from < to, got ` +
        (Array.isArray(steps) && steps.every(Number.isFinite) ? `[${steps}]` : describe(steps)),
    );
  }
}
