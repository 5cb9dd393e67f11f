import {readFileSync} from 'node:fs';

/** An array of a file of NumPy. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const MAGIC = '\x93NUMPY';

/** Where the length of the header is; of four bytes since version 2. */
const LENGTH_AT = 8;

/** The types of elements by their descriptions. */
const types: Record<string, (bytes: ArrayBuffer) => ArrayLike<number>> = {
  '<f4': (bytes) => new Float32Array(bytes),
  '<f8': (bytes) => new Float64Array(bytes),
  '<i4': (bytes) => new Int32Array(bytes),
  '<i8': (bytes) => Float64Array.from(new BigInt64Array(bytes), Number),
  '|u1': (bytes) => new Uint8Array(bytes),
  '|i1': (bytes) => new Int8Array(bytes),
  '|b1': (bytes) => new Uint8Array(bytes),
};

/**
 * Reads an array of numbers that `numpy.save` wrote, as floats.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(path: string): NumpyArray {
  const file = Uint8Array.from(readFileSync(path));
  const view = new DataView(file.buffer);
  const text = (from: number, to: number) => Buffer.from(file.subarray(from, to)).toString('latin1');
  const wrong = (reason: string) => new Error(`cannot read ${path}: ${reason}; save it with numpy.save`);
  if (text(0, MAGIC.length) !== MAGIC || file.length < 12) throw wrong('it is no .npy file');
  const isLong = file[MAGIC.length] > 1;
  const start = LENGTH_AT + (isLong ? 4 : 2);
  const end = start + (isLong ? view.getUint32(LENGTH_AT, true) : view.getUint16(LENGTH_AT, true));
  const header = text(start, end);
  const [, descr] = /'descr': '([^']*)'/.exec(header) ?? [];
  const [, list] = /'shape': \(([\d, ]*)\)/.exec(header) ?? [];
  if (descr === undefined || list === undefined) throw wrong('its header is damaged');
  if (!(descr in types)) throw wrong(`its elements have the type ${descr}; cast them to float32`);
  if (header.includes("'fortran_order': True")) throw wrong('its order is that of Fortran');
  const shape = list
    .split(',')
    .filter((length) => length.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, length) => product * length, 1);
  const bytes = file.buffer.slice(end);
  const each = Number(descr.slice(2));
  if (bytes.byteLength !== count * each) {
    throw wrong(`it has ${bytes.byteLength} bytes of elements, not ${count * each}`);
  }
  return {shape, values: Float32Array.from(types[descr](bytes))};
}
