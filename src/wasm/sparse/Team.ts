import type {WasmBackend} from '../backend';
import {moduleOf, sideModule} from '../sideModule';
import {binary} from './binary';
import type {Calls} from './calls';

const kernels = sideModule<'post' | 'help' | 'settled'>(binary);

/** The words of a team, as src/wasm/assembly/sparse/team.ts has them: those that are read here, and their length in bytes. */
const [READY, END, CALLS] = [2, 3, 48];
const BYTES = 512;
const LINE = 64;

/** How many calls a job has for each thread, so that one that comes late does less. */
const EACH = 4;
/** How often a worker looks for the next job before it sleeps: about 0.1 ms. */
const SPINS = 100_000;
/** How often the other thread looks for the end before it looks at the clock. */
const LOOKS = 100_000;
/** For how many milliseconds the workers may take longer than the thread that waits for them, before it gives them up. */
const PATIENCE = 2000;
/**
 * Sharing may take this share of the time longer than one thread alone, as where other programs need the cores. Gains and
 * losses are counted up to some milliseconds.
 */
const LOSS = 0.05;
const [MOST_GAINED, MOST_LOST] = [5, 20];

const SOURCE =
  'onmessage=({data:[module,memory,...rest]})=>{new WebAssembly.Instance(module,{env:{memory}}).exports.follow(...rest);close()}';

/** Workers that compute products on the memory of a backend, together with the thread that runs its kernels. */
export class Team {
  readonly #backend: WasmBackend;
  readonly #size: number;
  readonly #address: number;
  readonly #words: Int32Array;
  readonly #floats: Float32Array;
  readonly #workers: Worker[] = [];
  readonly #url = URL.createObjectURL(new Blob([SOURCE], {type: 'text/javascript'}));
  #isEnded = false;
  /** Where the workers compute, and the bytes that each has. */
  #scratch = 0;
  #room = 0;
  /** The time that sharing lost, less the time that it gained, and the time of the last job alone, in milliseconds. */
  #lost = 0;
  #alone = 0;

  constructor(backend: WasmBackend) {
    const {wasm} = backend;
    this.#backend = backend;
    this.#size = wasm.tfjs.getThreadsCount();
    this.#address = aligned(wasm._malloc(BYTES + LINE));
    const {buffer} = wasm.wasmMemory as WebAssembly.Memory;
    this.#words = new Int32Array(buffer, this.#address, BYTES / 4).fill(0);
    this.#floats = new Float32Array(buffer, this.#address, BYTES / 4);
    const module = moduleOf(binary, wasm);
    for (let i = 1; i < this.#size; i++) {
      const worker = new Worker(this.#url);
      // One that does not start is never ready.
      worker.onerror = (event) => event.preventDefault();
      worker.postMessage([module, wasm.wasmMemory, this.#address, i, SPINS]);
      this.#workers.push(worker);
    }
    const dispose = backend.dispose.bind(backend);
    backend.dispose = () => {
      this.end();
      dispose();
    };
  }

  /** How many threads compute together; 1 until the workers have started, which they do when the page yields. */
  get threads(): number {
    const isReady = !this.#isEnded && Atomics.load(this.#words, READY) === this.#size - 1;
    return isReady ? this.#size : 1;
  }

  /** Whether to share a job. Those that are not make up for losses. */
  takes(): boolean {
    if (this.#lost <= 0) return this.threads > 1;
    this.#lost -= LOSS * this.#alone;
    return false;
  }

  /**
   * Makes calls on all threads.
   *
   * @returns false if the workers do not come to an end. They may still write into the outputs then.
   */
  run(calls: Calls): boolean {
    const count = this.#write(calls);
    const {post, help, settled} = kernels(this.#backend);
    const begin = performance.now();
    post(this.#address, count);
    const start = performance.now();
    const own = help(this.#address, 0) as number;
    const made = performance.now();
    while (!settled(this.#address, count - own, LOOKS)) {
      if (performance.now() - made < PATIENCE) continue;
      this.end();
      return false;
    }
    if (own > 0) this.#judge(performance.now() - begin, ((made - start) / own) * count);
    return true;
  }

  /** Ends the workers, in the loop in which they wait, as some browsers do not end them there. */
  end(): void {
    this.#isEnded = true;
    Atomics.store(this.#words, END, 1);
    Atomics.add(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
    for (const worker of this.#workers) worker.terminate();
    URL.revokeObjectURL(this.#url);
  }

  /** Writes down a job, and returns how many calls it has. */
  #write({count, outHeight, xStep, yStep, room, args}: Calls): number {
    this.#reserve(room);
    const rows = Math.ceil(outHeight / Math.ceil((this.#size * EACH) / count));
    const bands = Math.ceil(outHeight / rows);
    const head = [rows, bands, xStep, yStep, this.#scratch, this.#room];
    const words = this.#words;
    words.set(head, CALLS);
    words.set(args, CALLS + head.length);
    // The limits of the outputs.
    for (const i of [15, 16]) this.#floats[CALLS + head.length + i] = args[i];
    return bands * count;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#room) return;
    const {wasm} = this.#backend;
    if (this.#scratch > 0) wasm._free(this.#scratch);
    // On cache lines of their own.
    this.#room = aligned(bytes) + LINE;
    this.#scratch = wasm._malloc(this.#room * (this.#size - 1)) >>> 0;
  }

  #judge(together: number, alone: number): void {
    this.#alone = alone;
    this.#lost = Math.max(-MOST_GAINED, Math.min(MOST_LOST, this.#lost + together - alone));
  }
}

const aligned = (address: number) => Math.ceil((address >>> 0) / LINE) * LINE;
