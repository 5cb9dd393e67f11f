import {describe} from '../util/describe';
import {block} from './block';
import {channel} from './channel';
import {nOfM} from './nOfM';
import type {Pattern} from './pattern';

/** The patterns, by what computes with what is left. docs/targets.md tells why. */
const patterns = {
  wasm: () => block(1, 4),
  webgl: () => channel(),
  webgpu: () => channel(),
  cpu: () => channel(),
  tensorflow: () => channel(),
  'tfjs-node': () => channel(),
  ampere: () => nOfM({n: 2, m: 4}),
  microcontroller: () => channel({roundTo: 4}),
  fpga: () => nOfM({n: 1, m: 4}),
} as const satisfies Record<string, () => Pattern>;

/** What a network may run on: a tfjs backend, by the name that `tf.getBackend()` gives, or other hardware. */
export type PruningTarget = keyof typeof patterns;

/**
 * The pattern that pays on a tfjs backend or on other hardware: `'wasm'` blocks of four outputs of an input, for `sparsify`;
 * `'webgl'`, `'webgpu'`, `'cpu'`, `'tensorflow'` and `'tfjs-node'` channels, for `compact`; `'microcontroller'` channels in
 * multiples of four; `'ampere'` two of each four inputs; `'fpga'` one of each four.
 *
 * @throws if the target is none of these.
 * @see docs/targets.md
 */
export function patternFor(target: PruningTarget): Pattern {
  if (typeof target !== 'string' || !Object.hasOwn(patterns, target)) {
    const known = Object.keys(patterns).join(', ');
    throw new Error(`patternFor: unknown target ${describe(target)}; there are ${known}`);
  }
  return patterns[target]();
}
