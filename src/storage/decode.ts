import {io} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel} from '@tensorflow/tfjs-layers';
import {modelInternals} from '../model/tfjs';
import {disposeFully} from '../model/tree';
import {mendSaving} from '../surgery/mendSaving';
import {assertOptions} from '../util/options';
import {decodeFile} from './read/decodeFile';

/** Options for `decode`. */
export interface DecodeOptions {
  /** Whether to compile a model that was encoded with `includeOptimizer`. Default: true. */
  compile?: boolean;
}

/**
 * Loads a plain model from a sparse file's bytes. A model encoded with `includeOptimizer` is compiled and gets the slots
 * of its optimizer; `dispose()` frees them too.
 *
 * @returns the model, without masks. It belongs to the caller.
 * @throws if the file is damaged or no sparse file, if it holds a graph model (load that with
 *   `tf.loadGraphModel(sparseFile(url))`), or if tfjs cannot load the training configuration and `compile` is true.
 * @example const loaded = await decode(await encode(model));
 */
export async function decode(
  bytes: Uint8Array | ArrayBuffer,
  options: DecodeOptions = {},
): Promise<LayersModel> {
  assertOptions('decode', options, ['compile']);
  const {trainingConfig, ...artifacts} = await decodeFile('decode', bytes);
  if (artifacts.format === 'graph-model') {
    throw new Error(
      'decode: the file holds a graph model; load it with tf.loadGraphModel(sparseFile(url)), ' +
        'or tf.loadGraphModel(tf.io.fromMemory(await decodeArtifacts(bytes))), by tfjs-pruning/storage',
    );
  }
  const {compile = true} = options;
  const model = await loadLayersModel(
    io.fromMemory(compile && trainingConfig ? {...artifacts, trainingConfig} : artifacts),
  );
  // Loading made the optimizer, so the model owns it; tfjs assumes that the caller does.
  modelInternals(model).isOptimizerOwned = model.optimizer != null;
  mendSaving();
  disposeFully(model);
  return model;
}
