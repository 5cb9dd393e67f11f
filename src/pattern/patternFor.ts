import {describe} from '../util/describe';
import {block} from './block';
import {channel} from './channel';
import {nOfM} from './nOfM';
import type {Pattern} from './pattern';

/** The patterns by execution target. docs/targets.md has the reasons. */
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

/** Where a network may run: a tfjs backend, by its name in `tf.getBackend()`, or other hardware. */
export type PruningTarget = keyof typeof patterns;

/**
 * Returns the pattern that speeds up a tfjs backend or other hardware. `'wasm'`: blocks of four outputs per input, for
 * `sparsify`. `'webgl'`, `'webgpu'`, `'cpu'`, `'tensorflow'`, `'tfjs-node'`: channels, for `compact`. `'microcontroller'`:
 * channels in multiples of four. `'ampere'`: two in four inputs. `'fpga'`: one in four.
 *
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws for other targets.
 * @see docs/targets.md
 * @example await prune(model, 0.5, {pattern: patternFor('wasm')});
 */
export function patternFor(target: PruningTarget): Pattern {
  if (typeof target !== 'string' || !Object.hasOwn(patterns, target)) {
    const known = Object.keys(patterns).join(', ');
    throw new Error(`patternFor: unknown target ${describe(target)}; there are ${known}`);
  }
  return patterns[target]();
}
