import {channelsOf} from '../../format';

/** The largest multiple of a scale. */
export const MOST = 127;

const buffer = new Float32Array(1);
const word = new Int32Array(buffer.buffer);

/**
 * The scale per channel of which all values are exact multiples, with factors up to 127, as those of training with rounded
 * weights; NaN for a channel without.
 *
 * @param positions The elements that have these values; the channel of element i is i modulo the number of channels.
 */
export function exactScales(
  values: Float32Array,
  positions: Uint32Array,
  shape: readonly number[],
): Float32Array {
  const channels = channelsOf(shape);
  const counts = new Uint32Array(channels + 1);
  for (let i = 0; i < values.length; i++) {
    counts[(positions[i] % channels) + 1]++;
  }
  for (let channel = 0; channel < channels; channel++) {
    counts[channel + 1] += counts[channel];
  }
  const sorted = new Float32Array(values.length);
  const next = counts.slice();
  for (let i = 0; i < values.length; i++) {
    sorted[next[positions[i] % channels]++] = values[i];
  }
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    scales[channel] = exactScale(sorted.subarray(counts[channel], counts[channel + 1]));
  }
  return scales;
}

/** Whether all values are exactly multiples of scales; −0 is not, as it would lose its sign. */
export function areMultiples(bits: Uint32Array<ArrayBuffer>, shape: readonly number[]): boolean {
  const values = new Float32Array(bits.buffer, bits.byteOffset, bits.length);
  const channels = channelsOf(shape);
  // The first channel alone rejects most tensors.
  const first = new Float32Array(Math.ceil(values.length / channels)).map((_, i) => values[i * channels]);
  if (Number.isNaN(exactScale(first)) || bits.includes(0x80000000)) return false;
  const positions = new Uint32Array(values.length).map((_, i) => i);
  return !exactScales(values, positions, shape).includes(Number.NaN);
}

/** A scale of which the values are exact multiples, the largest possible; 0 if they are all 0, NaN without one. */
function exactScale(values: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    largest = Math.max(largest, Math.abs(values[i]));
  }
  if (largest === 0) return 0;
  for (let factor = 1; factor <= MOST; factor++) {
    // The division may round to a neighbor of the scale.
    buffer[0] = largest / factor;
    const near = word[0];
    for (const change of [0, 1, -1]) {
      word[0] = near + change;
      if (areMultiplesOf(values, buffer[0])) return buffer[0];
    }
  }
  return Number.NaN;
}

function areMultiplesOf(values: Float32Array, scale: number): boolean {
  for (let i = 0; i < values.length; i++) {
    const factor = Math.round(values[i] / scale);
    if (!(Math.abs(factor) <= MOST && Math.fround(factor * scale) === values[i])) return false;
  }
  return true;
}
