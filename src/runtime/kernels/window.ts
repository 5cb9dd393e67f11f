/** A window along one axis of images. */
export interface Axis {
  /** The length of the images. */
  readonly size: number;
  readonly window: number;
  readonly step: number;
  readonly dilation: number;
  /** The padding before and after. */
  readonly before: number;
  readonly after: number;
  /** The length of the outputs. */
  readonly out: number;
}

/** Windows over slices, rows and columns. */
export type Window = readonly [slice: Axis, row: Axis, column: Axis];

/** A window from its three axes of volumes. */
export const windowFrom = (along: (axis: 0 | 1 | 2) => Axis): Window => [along(0), along(1), along(2)];

export const outOf = (window: Window): number[] => window.map(({out}) => out);

/** An axis of images under a window, as tfjs pads them. */
export function axisOf(
  size: number,
  {window, step, dilation = 1, padding}: {window: number; step: number; dilation?: number; padding: string},
): Axis {
  const reach = (window - 1) * dilation;
  const out = Math.ceil(padding === 'same' ? size / step : (size - reach) / step);
  const needed = (out - 1) * step + reach + 1;
  const missing = padding === 'same' ? Math.max(0, needed - size) : 0;
  const before = Math.floor(missing / 2);
  return {size, window, step, dilation, before, after: missing - before, out};
}

/** An axis that a window does not move along. */
export const still = (size: number): Axis => ({
  size,
  window: 1,
  step: 1,
  dilation: 1,
  before: 0,
  after: 0,
  out: size,
});
