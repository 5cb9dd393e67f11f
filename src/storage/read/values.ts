import {channelsOf} from '../format';
import {inBlocks} from '../inBlocks';
import {damaged, type Reader} from './Reader';
import {readSymbols} from './symbols';

/** Reads values, of which there is at least one. @param positions Where they lie in the tensor; all of it if undefined. */
export type ReadValues = (
  reader: Reader,
  values: Float32Array,
  positions: Uint32Array | undefined,
  shape: readonly number[],
) => void;

const float32: ReadValues = (reader, values) => {
  const exponents = readSymbols(reader, values.length);
  const rest = reader.take(3 * values.length);
  const bits = bitsOf(values);
  inBlocks(values.length, (from, to) => {
    joinBytes(exponents, rest, bits, from, to);
  });
};

function joinBytes(
  exponents: Uint8Array,
  rest: Uint8Array,
  bits: Uint32Array,
  from: number,
  to: number,
): void {
  for (let i = from, j = 3 * from; i < to; i++, j += 3) {
    const turned = (exponents[i] << 24) | (rest[j + 2] << 16) | (rest[j + 1] << 8) | rest[j];
    bits[i] = (turned >>> 1) | (turned << 31);
  }
}

const float16: ReadValues = (reader, values) => {
  const high = readSymbols(reader, values.length);
  const low = reader.take(values.length);
  const bits = bitsOf(values);
  inBlocks(values.length, (from, to) => {
    for (let i = from; i < to; i++) {
      // Read as a float32, the shifted bits are 2^112 times too small, for subnormal halves too.
      bits[i] = ((low[i] & 1) << 31) | (high[i] << 20) | ((low[i] >>> 1) << 13);
      values[i] *= 2 ** 112;
    }
  });
};

const int8: ReadValues = (reader, values, positions, shape) => {
  const channels = channelsOf(shape);
  const scales = floats(reader, channels);
  const symbols = readSymbols(reader, values.length);
  inBlocks(values.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const position = positions === undefined ? i : positions[i];
      values[i] = (symbols[i] - 128) * scales[position % channels];
    }
  });
};

const codebook: ReadValues = (reader, values) => {
  const entries = floats(reader, reader.u8() + 1);
  const symbols = readSymbols(reader, values.length);
  inBlocks(values.length, (from, to) => {
    for (let i = from; i < to; i++) {
      if (symbols[i] >= entries.length) {
        throw damaged(`entry ${symbols[i]} of a codebook of ${entries.length}`);
      }
      values[i] = entries[symbols[i]];
    }
  });
};

/** The readers by kind; kind 0 is raw bytes. */
export const readers = [undefined, float32, float16, int8, codebook];

/** A file's next floats, at any offset. */
function floats(reader: Reader, count: number): Float32Array {
  return new Float32Array(reader.take(4 * count).slice().buffer);
}

export const bitsOf = ({buffer, byteOffset, length}: Float32Array) =>
  new Uint32Array(buffer, byteOffset, length);
