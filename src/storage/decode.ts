import {io} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel} from '@tensorflow/tfjs-layers';
import {modelInternals} from '../model/tfjs';
import {disposeFully} from '../model/tree';
import {mendSaving} from '../surgery/mendSaving';
import {assertOptions} from '../util/options';
import {decodeArtifacts} from './read/decodeArtifacts';

export interface DecodeOptions {
  /** Whether to compile a model that was encoded with `includeOptimizer`; `true` by default. */
  compile?: boolean;
}

/**
 * The plain model of a sparse file. One that was encoded with `includeOptimizer` is compiled, with the slots of its
 * optimizer, which its `dispose()` frees too.
 *
 * @throws if the file is damaged or not one, or holds a graph, which `tf.loadGraphModel(sparseFile(url))` loads; if
 *   tfjs cannot load the training configuration, unless `compile` is false.
 */
export async function decode(
  bytes: Uint8Array | ArrayBuffer,
  options: DecodeOptions = {},
): Promise<LayersModel> {
  assertOptions('decode', options, ['compile']);
  const {trainingConfig, ...artifacts} = await decodeArtifacts(bytes, 'decode');
  if (artifacts.format === 'graph-model') {
    throw new Error(
      'decode: the file holds a graph, not layers; load it by tf.loadGraphModel(sparseFile(url)), ' +
        'or tf.loadGraphModel(tf.io.fromMemory(await decodeArtifacts(bytes)))',
    );
  }
  const {compile = true} = options;
  const model = await loadLayersModel(
    io.fromMemory(compile && trainingConfig ? {...artifacts, trainingConfig} : artifacts),
  );
  // Nobody else has the optimizer that loading made; tfjs takes it for the caller's.
  modelInternals(model).isOptimizerOwned = model.optimizer != null;
  mendSaving();
  disposeFully(model);
  return model;
}
