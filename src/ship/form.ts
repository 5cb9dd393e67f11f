import type {Constant} from '../runtime/machine/Constant';
import {distinct} from '../storage/write/values/exact';
import {areMultiples, exactScales} from '../storage/write/values/multiples';
import {CONTEXTS, type Encoder, MOST_PLAIN} from './Encoder';

/** How the elements of a constant that are not 0 are coded. */
export interface Form {
  /** As in src/wasm/assembly/ship/expand.ts. */
  readonly kind: 0 | 1 | 2;
  readonly width: number;
  /** The scales of the outputs, or the entries of a codebook. */
  readonly table?: Float32Array;
  /** The factors of the outputs, if a batch norm was folded. */
  readonly factors?: Float32Array;
  /** Writes an element. */
  write(encoder: Encoder, index: number): void;
}

/** The bits of a float in a table. */
const FLOAT_BITS = 30;

/** The form of the elements of a constant that takes the fewest bytes. */
export function formOf({values, outputs = 1, from}: Constant): Form {
  const raw = from?.values ?? values;
  const bits = bitsOf(raw);
  const count = bits.reduce((sum, word) => sum + +(word !== 0), 0);
  const found = distinct(bits);
  const isMultiples = outputs > 1 && areMultiples(bits, [raw.length / outputs, outputs]);
  const never = Number.POSITIVE_INFINITY;
  const costs = [
    (fractionOf(bits) + 5) * count,
    isMultiples ? 7 * count + FLOAT_BITS * outputs : never,
    found ? widthFor(found.entries) * count + FLOAT_BITS * found.entries.length : never,
  ];
  const kind = costs.indexOf(Math.min(...costs));
  const form =
    kind === 1 ? multiples(raw, outputs) : kind === 2 && found !== undefined ? codebook(found) : floats(raw);
  return {...form, factors: from?.scale};
}

const bitsOf = ({buffer, byteOffset, length}: Float32Array) =>
  new Uint32Array(buffer as ArrayBuffer, byteOffset, length);

const widthFor = ({length}: ArrayLike<unknown>) => Math.ceil(Math.log2(Math.max(1, length)));

/** All bits, of which the fraction has as many as it needs. */
export function floats(values: Float32Array): Form {
  const bits = bitsOf(values);
  const width = fractionOf(bits);
  const more = Math.max(0, width - MOST_PLAIN);
  return {
    kind: 0,
    width,
    write: (encoder, index) => {
      const word = bits[index];
      const fraction = (word & 0x7fffff) >>> (23 - width);
      encoder.tree(CONTEXTS.exponents, 8, (word >>> 23) & 255);
      encoder.plain(width - more, fraction >>> more);
      encoder.plain(more, fraction & ((1 << more) - 1));
      encoder.plain(1, word >>> 31);
    },
  };
}

/** How many bits of the fractions of some floats are not all 0. */
function fractionOf(bits: Uint32Array): number {
  const all = bits.reduce((sum, word) => sum | word, 0) & 0x7fffff;
  return all === 0 ? 0 : 23 - (31 - Math.clz32(all & -all));
}

function multiples(values: Float32Array, outputs: number): Form {
  const positions = new Uint32Array(values.length).map((_, i) => i);
  const scales = exactScales(values, positions, [values.length / outputs, outputs]);
  return {
    kind: 1,
    width: 8,
    table: scales,
    write: (encoder, index) =>
      encoder.tree(CONTEXTS.levels, 8, 128 + Math.round(values[index] / scales[index % outputs])),
  };
}

function codebook({entries, symbols}: {entries: Uint32Array<ArrayBuffer>; symbols: Uint8Array}): Form {
  const width = widthFor(entries);
  return {
    kind: 2,
    width,
    table: new Float32Array(entries.buffer),
    write: (encoder, index) => encoder.tree(CONTEXTS.indices, width, symbols[index]),
  };
}
