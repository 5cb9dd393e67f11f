import {type BlockSize, countBlocks} from '../runtime/kernels/list';
import type {Constant} from '../runtime/machine/Constant';
import {CONTEXTS, Encoder} from './Encoder';
import {type Form, floats, formOf} from './form';

/** A kernel to call, with its arguments. */
export interface Step {
  readonly kernel: string;
  readonly words: readonly number[];
}

/** The expansion of the constants of a program: the bytes that code them, and the calls that decode these. */
export interface Expansion {
  readonly stream: Uint8Array;
  /** The calls, for a stream and working memory that begin at an address that is a multiple of 16. */
  steps(address: number): Step[];
  /** The bytes from that address. */
  readonly bytes: number;
}

const align = (bytes: number) => Math.ceil(bytes / 16) * 16;

const longest = (arrays: readonly (Float32Array | undefined)[]) =>
  align(4 * Math.max(0, ...arrays.map((array) => array?.length ?? 0)));

/** Codes constants. */
export function expansionOf(constants: readonly Constant[]): Expansion {
  const encoder = new Encoder();
  const forms = constants.map(formOf);
  for (const [i, constant] of constants.entries()) {
    const {table, factors} = forms[i];
    for (const values of [table, factors]) if (values) writeElements(encoder, {values}, floats(values));
    writeElements(encoder, constant, forms[i]);
  }
  const stream = encoder.finish();
  const contexts = align(stream.length);
  const table = contexts + 4 * CONTEXTS.count;
  const factors = table + longest(forms.map((form) => form.table));
  const list = factors + longest(forms.map((form) => form.factors));
  return {
    stream,
    bytes: list + Math.max(0, ...constants.map(listBytes)),
    steps: (address) => [
      {kernel: 'open', words: [address, address + contexts]},
      ...constants.flatMap((constant, i) =>
        stepsFor(constant, forms[i], {
          table: address + table,
          factors: address + factors,
          list: address + list,
        }),
      ),
    ],
  };
}

/** Writes the elements of a constant in the order in which they lie there. */
function writeElements(
  encoder: Encoder,
  {values, outputs = 1, list}: Pick<Constant, 'values' | 'outputs' | 'list'>,
  form: Form,
): void {
  const write = (index: number) => {
    const isSet = values[index] !== 0;
    encoder.bit(CONTEXTS.flags, isSet);
    if (isSet) form.write(encoder, index);
  };
  if (list === undefined) {
    for (let i = 0; i < values.length; i++) write(i);
    return;
  }
  for (let output = 0; output < outputs; output += list.blockSize) {
    for (let at = output; at < values.length; at += outputs) {
      for (let j = 0; j < list.blockSize; j++) write(at + j);
    }
  }
}

interface Places {
  readonly table: number;
  readonly factors: number;
  readonly list: number;
}

function stepsFor({address, values, outputs = 1, list}: Constant, form: Form, at: Places): Step[] {
  const tables = [
    ...(form.table ? [floatStep(form.table, at.table)] : []),
    ...(form.factors ? [floatStep(form.factors, at.factors)] : []),
  ];
  const head = [form.kind, form.width, at.table, form.factors ? at.factors : 0, address];
  if (list === undefined) return [...tables, {kernel: 'floats', words: [...head, values.length, outputs]}];
  const {blockSize, isByFours, places} = list;
  const words = [...head, outputs / blockSize, blockSize, +isByFours, at.list];
  return [...tables, {kernel: 'list', words: [...words, ...runs(places)]}];
}

function floatStep(values: Float32Array, address: number): Step {
  const {kind, width} = floats(values);
  return {kernel: 'floats', words: [kind, width, 0, 0, address, values.length, values.length]};
}

/** Places as runs of one length: their number, length and step, and the first place of each. */
function runs(places: Int32Array): number[] {
  const step = places.length > 1 ? places[1] - places[0] : 0;
  let length = 1;
  while (length < places.length && places[length] - places[length - 1] === step) length++;
  const isRight =
    places.length % length === 0 &&
    places.every((place, i) => i % length === 0 || place - places[i - 1] === step);
  if (!isRight) length = 1;
  return [places.length / length, length, step, ...places.filter((_, i) => i % length === 0)];
}

/** The bytes that a list takes. */
function listBytes({values, outputs = 1, list}: Constant): number {
  if (list === undefined) return 0;
  const blockSize = list.blockSize as BlockSize;
  const blocks = countBlocks({values, outputs}, blockSize);
  return 4 * (2 * (outputs / blockSize) + blocks * (1 + blockSize));
}
