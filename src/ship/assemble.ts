import {fromLetters} from '../util/letters';
import {binary} from './binary';
import {expansionOf, type Step} from './expansion';
import {type KernelCall, link} from './link/link';
import {readModule} from './link/readModule';
import type {Place, Plan} from './plan';

/** A network as a WebAssembly module. */
export interface Assembled {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** How many of its last bytes are compressed weights. */
  readonly compressed: number;
}

const align = (bytes: number) => Math.ceil(bytes / 16) * 16;

/** Makes the module of a plan. Its constants are expanded when it starts, in memory that values take later. */
export function assemble({constants, steps, inputs, outputs, top, bytes}: Plan): Assembled {
  const kernels = readModule(fromLetters(binary));
  const expansion = expansionOf(constants);
  const run = placed(steps, top);
  const scratch = align(top + run.bytes.length);
  const start = placed(expansion.steps(scratch), align(scratch + expansion.bytes));
  const wasm = link(kernels, {
    start: start.calls,
    run: run.calls,
    memoryBytes: Math.max(bytes, start.address + start.bytes.length),
    segments: [run, start, {address: scratch, bytes: expansion.stream}],
    globals: {...addresses('input', inputs), ...addresses('output', outputs)},
    custom: {'tfjs-pruning': JSON.stringify({inputs, outputs})},
  });
  return {wasm, compressed: expansion.stream.length};
}

/** Steps as calls, with their arguments in memory from an address. */
function placed(steps: readonly Step[], address: number) {
  let at = address;
  const calls: KernelCall[] = [];
  for (const {kernel, words} of steps) {
    calls.push({kernel, address: at});
    at += 4 * words.length;
  }
  const words = Uint32Array.from(steps.flatMap((step) => step.words));
  return {calls, address, bytes: new Uint8Array(words.buffer)};
}

/** A name for each place: the kind alone if there is one, else with the number. */
const addresses = (kind: string, places: readonly Place[]) =>
  Object.fromEntries(places.map(({address}, i) => [places.length === 1 ? kind : `${kind}${i + 1}`, address]));
