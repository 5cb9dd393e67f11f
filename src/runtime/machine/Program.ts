import {Op} from '../Op';
import {Block, place} from './Block';
import type {Constants} from './Constants';
import {assertBytes, type Memory} from './Memory';
import {bytesOf, type Shape, type Value} from './Value';

/** A place in a block. */
export interface Address {
  readonly block: Block;
  readonly offset: number;
}

/** The address of a value, or of a place some bytes further. */
export const at = ({block}: Value, offset = 0): Address => ({block, offset});

const view = new DataView(new ArrayBuffer(4));

/** A float as an argument: its bits. */
export function float(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}

/** The bytes that kernels read beyond the end of a block, at most. */
const SLACK = 256;

/** The most words of a program, and the most calls of layers that it computes: small files can ask for any number of both. */
const MOST_WORDS = 2 ** 22;
const MOST_CALLS = 2 ** 16;

/** A program in the making: the ops that compute a network for inputs of some shapes. */
export class Program {
  readonly constants: Constants;
  readonly #blocks = new Set<Block>();
  readonly #words: (number | Address)[] = [];
  #ops = 0;
  #calls = 0;

  constructor(constants: Constants) {
    this.constants = constants;
  }

  /** A new value. @param over A value whose memory it may take, if no later op needs that. */
  value(shape: Shape, layout: Value['layout'] = 'rows', over?: Value): Value {
    const bytes = bytesOf(shape, layout);
    assertBytes(bytes);
    return {shape, layout, block: new Block(bytes, over?.block)};
  }

  /** Adds an op. Addresses and integers are its arguments; floats are passed as `float(value)`. */
  emit(op: Op, ...args: (number | Address)[]): void {
    for (const arg of args) if (typeof arg !== 'number') this.#use(arg.block, this.#ops);
    this.#words.push(op, 4 * args.length + 8, ...args);
    if (this.#words.length > MOST_WORDS) throw new Error('the network takes too many operations');
    this.#ops++;
  }

  /** Counts the calls of layers, whose number nested models may double on each level. */
  call(): void {
    if (++this.#calls > MOST_CALLS) throw new Error('the network has too many calls of layers');
  }

  /** Memory that only the next op uses. */
  scratch(bytes: number): Address {
    assertBytes(bytes);
    return {block: new Block(bytes), offset: 0};
  }

  /** Writes the program into memory. Inputs are there before the first op, outputs after the last. */
  finish(memory: Memory, inputs: readonly Value[], outputs: readonly Value[]): Written {
    for (const {block} of inputs) this.#use(block, -1);
    for (const {block} of outputs) this.#use(block, this.#ops);
    const bytes = place([...this.#blocks], this.#ops);
    this.#words.push(Op.end);
    const start = memory.top;
    const base = Math.ceil((start + 4 * this.#words.length) / 64) * 64;
    memory.grow(base + bytes + SLACK);
    const words = this.#words.map((word) =>
      typeof word === 'number' ? word : base + word.block.address + word.offset,
    );
    new Uint32Array(memory.buffer, start, words.length).set(words);
    const floats = ({shape, block}: Value) =>
      new Float32Array(memory.buffer, base + block.address, bytesOf(shape, 'rows') / 4);
    return {start, inputs: inputs.map(floats), outputs: outputs.map(floats)};
  }

  #use(block: Block, op: number): void {
    block.use(op);
    this.#blocks.add(block);
  }
}

/** A program in memory, and where its inputs and outputs are. */
export interface Written {
  readonly start: number;
  readonly inputs: readonly Float32Array[];
  readonly outputs: readonly Float32Array[];
}
