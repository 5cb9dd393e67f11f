import {channelsOf} from '../../format';
import {writeSymbols} from '../symbols';
import {exactScales, MOST} from './multiples';
import {floatsOf, type ValueKind} from './values';

/**
 * Values as multiples of a scale per channel, rounded to −127 … 127. If all values of a channel are exact multiples of a scale it is
 * that one, else the largest magnitude in the channel / 127. Channels run along the last axis longer than 1.
 */
export const int8: ValueKind = {
  id: 3,
  width: 8,
  keepsZero: true,
  isLossless: false,
  limit: 0x7f800000,
  overhead: (shape) => 1 + 4 * channelsOf(shape),
  write: (writer, valued) => {
    const {positions, shape} = valued;
    const values = floatsOf(valued);
    const channels = channelsOf(shape);
    const largest = new Float32Array(channels);
    for (let i = 0; i < values.length; i++) {
      const channel = positions[i] % channels;
      largest[channel] = Math.max(largest[channel], Math.abs(values[i]));
    }
    const scales = exactScales(values, positions, shape).map((scale, channel) =>
      Number.isNaN(scale) ? largest[channel] / MOST : scale,
    );
    writer.add(new Uint8Array(scales.buffer));
    const symbols = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) {
      // A tiny scale may be rounded down, even to 0.
      const multiple = Math.round(values[i] / (scales[positions[i] % channels] || 1));
      symbols[i] = 128 + Math.max(-MOST, Math.min(MOST, multiple));
    }
    writeSymbols(writer, symbols);
  },
};
