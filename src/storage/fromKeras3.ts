import type {io} from '@tensorflow/tfjs-core';
import {type Json, keras2} from './keras3/keras2';
import {areNumbered, named} from './keras3/variables';
import {assertDistinct, renamed} from './keras3/weightNames';
import {assertShallow} from './write/stripped';
import {assertArtifacts, tensorsOf} from './write/tensors';

/**
 * Converts the artifacts of a Keras 3 model, which tfjs cannot load, to those of a model that it loads: `.h5` and `.keras`
 * files as tensorflowjs_converter writes them, also a `.keras` file from Keras 2. The optimizer slots in a `.keras` file are
 * left out. Artifacts of other models are returned unchanged.
 *
 * @param artifacts A saved model's artifacts, as a tf.io handler loads them.
 * @returns artifacts that `tf.loadLayersModel` loads.
 * @throws if tfjs cannot express the model: a layer that is called with several tensors, inputs or outputs by name, weights of
 *   layers that tfjs lacks.
 * @example const model = await tf.loadLayersModel(tf.io.fromMemory(fromKeras3(artifacts)));
 */
export function fromKeras3(artifacts: io.ModelArtifacts): io.ModelArtifacts {
  const who = 'fromKeras3';
  assertArtifacts(who, artifacts);
  const {weightSpecs: specs = []} = artifacts;
  const topology = artifacts.modelTopology as Json;
  const isVersion3 = /^[3-9]/.test(String(Object(topology).keras_version ?? ''));
  if (!isVersion3 && !areNumbered(specs)) return artifacts;
  assertShallow(who, topology);
  const tensors = tensorsOf(who, artifacts);
  try {
    const config = topology.model_config ?? topology;
    const model = keras2(typeof config === 'string' ? JSON.parse(config) : config, isVersion3);
    const weights = areNumbered(specs) ? named(model, tensors) : {weightSpecs: renamed(specs, model)};
    assertDistinct(weights.weightSpecs);
    const modelTopology = 'model_config' in topology ? {...topology, model_config: model} : model;
    return {...artifacts, modelTopology, ...weights};
  } catch (cause) {
    throw new Error(`${who}: ${(cause as Error).message}`, {cause});
  }
}
