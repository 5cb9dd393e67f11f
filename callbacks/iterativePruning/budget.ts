import type {Mode} from '../../src/evaluate/metric/mode';

/** How much worse a metric may become. */
export interface Budget {
  /** Whether the first value is better than the second; NaN never is. */
  isBetter(value: number, than: number): boolean;
  /** Whether a value is within the budget of a baseline; NaN never is. */
  allows(value: number, baseline: number): boolean;
}

/**
 * @param maxDrop How much worse than the baseline a value may be, in the metric's units.
 * @param level The worst value allowed, whatever the baseline.
 */
export function budget(mode: Mode, maxDrop: number, level: number | undefined): Budget {
  const sign = mode === 'max' ? 1 : -1;
  // Values that differ only by rounding are equal.
  const atLeast = (value: number, least: number) => sign * (value - least) >= -1e-9;
  return {
    isBetter: (value, than) => sign * (value - than) > 0,
    allows: (value, baseline) =>
      atLeast(value, baseline - sign * maxDrop) && (level === undefined || atLeast(value, level)),
  };
}
