import type {io} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {encodeSaved} from '../storage/encode';
import {assertEncodeOptions, type EncodeOptions} from '../storage/options';
import {describe} from '../util/describe';
import {assertOptions} from '../util/options';

/** Options for `ship`. */
export interface ShipOptions extends EncodeOptions {
  /**
   * The result: `'module'`, the text of an ES module, the default; `'types'`, the text of its declarations (.d.ts);
   * `'wasm'`, the bytes of a WebAssembly module.
   */
  format?: 'module' | 'types' | 'wasm';
}

const FORMATS = ['module', 'types', 'wasm'] as const;

/**
 * Makes a network into one self-contained module that predicts without TensorFlow.js: the kernels that it needs, and its
 * weights, pruned and compressed as in `encode`. Masks become zeros in the weights, as in `strip`.
 *
 * The ES module has no imports. It exports `predict(input)`, which takes a Float32Array of one example or several, one after
 * the other, and returns a Float32Array; with several inputs or outputs, objects of them by name. It runs in pages, workers,
 * Node, Deno and Bun; a page with a Content-Security-Policy must allow 'wasm-unsafe-eval'. The WebAssembly module has no
 * imports either. It exports `memory`; `input` and `output`, the addresses of the floats of one example there (`input1`,
 * `input2` … if there are several); and `run()`, which computes the output. Its custom section `tfjs-pruning` has the names,
 * shapes and addresses as JSON.
 *
 * @param model A tf.LayersModel, or the artifacts of one.
 * @returns the text of an ES module, or with `format: 'wasm'` the bytes of a WebAssembly module.
 * @throws for graph models, inputs of variable shapes, and layers that are not supported, by their names.
 * @example await writeFile('digits.js', await ship(model, {values: 'int8'}))
 */
export function ship(
  model: LayersModel | io.ModelArtifacts,
  options: ShipOptions & {format: 'wasm'},
): Promise<Uint8Array<ArrayBuffer>>;
export function ship(
  model: LayersModel | io.ModelArtifacts,
  options?: ShipOptions & {format?: 'module' | 'types'},
): Promise<string>;
export async function ship(
  model: LayersModel | io.ModelArtifacts,
  options: ShipOptions = {},
): Promise<string | Uint8Array<ArrayBuffer>> {
  const isArtifacts = Object(model).modelTopology !== undefined;
  if (!isArtifacts) readNetwork('ship', model as LayersModel);
  assertOptions('ship', options, ['values', 'format']);
  const {format = 'module', ...how} = options;
  assertEncodeOptions('ship', how);
  if (!FORMATS.includes(format)) {
    throw new Error(
      `ship: format must be ${FORMATS.map((name) => `"${name}"`).join(', ')}, got ${describe(format)}`,
    );
  }
  const {encodeArtifactsFor, make} = await import('./make');
  const file = isArtifacts
    ? await encodeArtifactsFor('ship', model as io.ModelArtifacts, how)
    : await encodeSaved('ship', model as LayersModel, how);
  return make(file, format);
}
