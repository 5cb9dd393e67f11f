import {channelsOf} from '../../format';
import {writeSymbols} from '../symbols';
import {floatsOf, type ValueKind} from './values';

/**
 * Values as multiples of a scale per channel, rounded to −127 … 127; the scale is the largest magnitude in the channel / 127.
 * Channels run along the last axis longer than 1.
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
    const scales = new Float32Array(channels);
    for (let i = 0; i < values.length; i++) {
      const channel = positions[i] % channels;
      scales[channel] = Math.max(scales[channel], Math.abs(values[i]));
    }
    for (let channel = 0; channel < channels; channel++) {
      scales[channel] /= 127;
    }
    writer.add(new Uint8Array(scales.buffer));
    const symbols = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) {
      // A tiny scale may be rounded down, even to 0.
      const multiple = Math.round(values[i] / (scales[positions[i] % channels] || 1));
      symbols[i] = 128 + Math.max(-127, Math.min(127, multiple));
    }
    writeSymbols(writer, symbols);
  },
};
