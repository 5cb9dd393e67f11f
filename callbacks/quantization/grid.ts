import {meansOf} from '../../src/storage/write/means';
import type {Granularity} from './options';

/** The values that some elements may take. */
export type Grid = Codebook | Steps;

/** Some values, ascending. */
export interface Codebook {
  readonly entries: Float32Array<ArrayBuffer>;
}

/** The multiples of a scale from −most to most. */
export interface Steps {
  readonly most: number;
  /** The scale of each channel; a single one for all. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * The grid for some values: a codebook, with the code of `encode`, or uniform steps, so that the largest magnitude of a channel
 * is the last step.
 *
 * @param positions The elements that have these values.
 * @param channels The number of channels; that of element i is i modulo it.
 * @param before The codebook of the values a few steps ago, from which k-means goes on.
 */
export function gridFor(
  granularity: Granularity,
  bits: number,
  values: Float32Array<ArrayBuffer>,
  positions: Uint32Array | undefined,
  channels: number,
  before?: Grid,
): Grid {
  if (granularity === 'codebook') {
    const from = before && 'entries' in before ? before.entries : undefined;
    return {entries: meansOf(values, 2 ** bits, from)};
  }
  const most = 2 ** (bits - 1) - 1;
  const scales = new Float32Array(granularity === 'channel' ? channels : 1);
  for (let i = 0; i < values.length; i++) {
    const channel = (positions === undefined ? i : positions[i]) % scales.length;
    scales[channel] = Math.max(scales[channel], Math.abs(values[i]) / most);
  }
  // A channel of zeros divides by 1; so does one of denormal numbers, which becomes 0.
  return {most, scales: scales.map((scale) => (scale < 1e-37 ? 1 : scale))};
}
