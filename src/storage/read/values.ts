import {channelsOf} from '../format';
import {damaged, type Reader} from './Reader';
import {readSymbols} from './symbols';

/** Reads a tensor's elements at `positions`, of which there is at least one. */
export type ReadValues = (
  reader: Reader,
  positions: Uint32Array,
  tensor: Float32Array,
  shape: readonly number[],
) => void;

const float32: ReadValues = (reader, positions, tensor) => {
  const exponents = readSymbols(reader, positions.length);
  const rest = reader.take(3 * positions.length);
  const bits = new Uint32Array(tensor.buffer, tensor.byteOffset, tensor.length);
  for (let i = 0, j = 0; i < positions.length; i++, j += 3) {
    const turned = (exponents[i] << 24) | (rest[j + 2] << 16) | (rest[j + 1] << 8) | rest[j];
    bits[positions[i]] = (turned >>> 1) | (turned << 31);
  }
};

const float16: ReadValues = (reader, positions, tensor) => {
  const high = readSymbols(reader, positions.length);
  const low = reader.take(positions.length);
  const bits = new Uint32Array(tensor.buffer, tensor.byteOffset, tensor.length);
  for (let i = 0; i < positions.length; i++) {
    // Read as a float32, the shifted bits are 2^112 times too small, for subnormal halves too.
    bits[positions[i]] = ((low[i] & 1) << 31) | (high[i] << 20) | ((low[i] >>> 1) << 13);
    tensor[positions[i]] *= 2 ** 112;
  }
};

const int8: ReadValues = (reader, positions, tensor, shape) => {
  const channels = channelsOf(shape);
  const scales = floats(reader, channels);
  const symbols = readSymbols(reader, positions.length);
  for (let i = 0; i < positions.length; i++) {
    tensor[positions[i]] = (symbols[i] - 128) * scales[positions[i] % channels];
  }
};

const codebook: ReadValues = (reader, positions, tensor) => {
  const entries = floats(reader, reader.u8() + 1);
  const symbols = readSymbols(reader, positions.length);
  for (let i = 0; i < positions.length; i++) {
    if (symbols[i] >= entries.length) {
      throw damaged(`entry ${symbols[i]} of a codebook of ${entries.length}`);
    }
    tensor[positions[i]] = entries[symbols[i]];
  }
};

/** The readers by kind; kind 0 is raw bytes. */
export const readers = [undefined, float32, float16, int8, codebook];

/** A file's next floats, at any offset. */
function floats(reader: Reader, count: number): Float32Array {
  return new Float32Array(reader.take(4 * count).slice().buffer);
}
