import {fromLetters} from '../../util/letters';
import {binary} from '../binary';
import {assertBytes, type Memory} from './Memory';

/** Where constants begin; programs may not lie at 0. */
const START = 64;

const PAGE = 2 ** 16;

type Kernels = {
  readonly memory: WebAssembly.Memory;
  run(program: number): void;
};

/** The kernels with their own memory: constants from the bottom, above them the memory of each program. */
export class Machine implements Memory {
  readonly #kernels: Kernels;
  #top = START;

  private constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }

  static async start(): Promise<Machine> {
    const {instance} = await WebAssembly.instantiate(fromLetters(binary));
    return new Machine(instance.exports as Kernels);
  }

  get top(): number {
    return this.#top;
  }

  get buffer(): ArrayBuffer {
    return this.#kernels.memory.buffer;
  }

  reserve(bytes: number): number {
    const address = this.#top;
    this.#top = Math.ceil((address + bytes) / 16) * 16;
    this.grow(this.#top);
    return address;
  }

  clear(): void {
    this.#top = START;
  }

  grow(bytes: number): void {
    const missing = bytes - this.buffer.byteLength;
    if (missing <= 0) return;
    assertBytes(bytes);
    try {
      this.#kernels.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      const megabytes = Math.ceil(bytes / 2 ** 20);
      throw new Error(`the network needs ${megabytes} MB, which this device does not have`, {cause});
    }
  }

  run(program: number): void {
    this.#kernels.run(program);
  }
}
