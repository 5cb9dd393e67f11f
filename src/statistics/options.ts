import {describe} from '../util/describe';
import {assertNumber, assertOptions} from '../util/options';

/** How statistics are added up over batches. */
export interface CollectOptions {
  /** The factor of earlier batches per batch, above 0 and at most 1; 1 by default. */
  decay?: number;
  /** The steps of recurrent layers to count, from the first up to but without the second; all by default. */
  steps?: readonly [from: number, to: number];
}

/** Throws unless a value is options of collecting. */
export function assertCollect(who: string, options: CollectOptions = {}): void {
  assertOptions(`${who}: collect`, options, ['decay', 'steps']);
  const {decay = 1, steps = [0, 1]} = options;
  assertNumber(who, 'decay', decay, 'a number above 0 and at most 1', (x) => x > 0 && x <= 1);
  const [from, to] = [steps].flat();
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to)) {
    const got = [steps].flat().every(Number.isFinite) ? `[${steps}]` : describe(steps);
    throw new Error(`${who}: steps must be two whole numbers, [from, to] with 0 <= from < to, got ${got}`);
  }
}
