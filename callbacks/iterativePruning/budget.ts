import type {Mode} from '../../src/evaluate/metric/mode';
import {wrong} from '../../src/util/options';

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

/** How much more a cut prunes: a share of all weights, or of the remaining weights. */
export type Step = number | {readonly ofRemaining: number};

/** The sparsity after another step. */
export function nextSparsity(sparsity: number, step: Step, scale: number): number {
  return typeof step === 'number'
    ? sparsity + step * scale
    : 1 - (1 - sparsity) * (1 - shareOf(step) * scale);
}

/** The share that a step prunes, of all weights or of the remaining ones. */
export function shareOf(step: Step): number {
  return typeof step === 'number' ? step : step?.ofRemaining;
}

export function assertStep(who: string, step: unknown): asserts step is Step {
  const share: unknown = shareOf(step as Step);
  if (!(typeof share === 'number' && share > 0 && share < 1)) {
    throw wrong(who, 'step', 'a number in (0, 1) or {ofRemaining: share}', step);
  }
}
