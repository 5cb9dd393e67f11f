import type {Mode} from '../../src/evaluate/metric/mode';
import {describe} from '../../src/util/describe';

/** What a metric may lose. */
export interface Budget {
  /** Whether the first value is better than the second; NaN never is. */
  isBetter(value: number, than: number): boolean;
  /** Whether a value is within the budget of a baseline; NaN never is. */
  allows(value: number, baseline: number): boolean;
}

/**
 * @param maxDrop How much worse than the baseline a value may be, in the units of the metric.
 * @param level What it may not be worse than in any case.
 */
export function budget(mode: Mode, maxDrop: number, level: number | undefined): Budget {
  const sign = mode === 'max' ? 1 : -1;
  // What differs by rounding alone is equal.
  const atLeast = (value: number, least: number) => sign * (value - least) >= -1e-9;
  return {
    isBetter: (value, than) => sign * (value - than) > 0,
    allows: (value, baseline) =>
      atLeast(value, baseline - sign * maxDrop) && (level === undefined || atLeast(value, level)),
  };
}

/** How far a cut goes: a share of the whole, or of what is left. */
export type Step = number | {readonly of: 'rest'; readonly share?: number};

/** The sparsity after another step. */
export function nextSparsity(sparsity: number, step: Step, scale: number): number {
  return typeof step === 'number'
    ? sparsity + step * scale
    : 1 - (1 - sparsity) * (1 - shareOf(step) * scale);
}

/** How large a step is as a share, of whatever. */
export function shareOf(step: Step): number {
  return typeof step === 'number' ? step : (step?.share ?? 0.2);
}

export function assertStep(who: string, step: unknown): asserts step is Step {
  const isRest = (step as {of?: unknown} | null | undefined)?.of === 'rest';
  const share = isRest || typeof step === 'number' ? shareOf(step as Step) : Number.NaN;
  if (!(share > 0 && share < 1)) {
    throw new Error(`${who}: step must be a number in (0, 1) or {of: 'rest', share}, got ${describe(step)}`);
  }
}
