import {io, serialization} from '@tensorflow/tfjs-core';
import {loadLayersModel} from '@tensorflow/tfjs-layers';
import {registerHostBackend} from './hostBackend';

/** @throws if tfjs cannot load a model, with its reason. */
export async function assertLoads(artifacts: io.ModelArtifacts): Promise<void> {
  registerHostBackend();
  const isGraph = artifacts.format === 'graph-model' || 'node' in Object(artifacts.modelTopology);
  const load = isGraph ? loadGraph : loadLayers;
  const model = await load(artifacts);
  model?.dispose();
}

const loadLayers = (artifacts: io.ModelArtifacts) =>
  loadLayersModel(io.fromMemory({...artifacts, modelTopology: withoutKernels(artifacts.modelTopology)}));

/** Loads a graph model if the converter is installed, as with @tensorflow/tfjs. */
async function loadGraph({modelInitializer: _, ...artifacts}: io.ModelArtifacts) {
  // A variable, as the converter is not a dependency.
  const name = '@tensorflow/tfjs-converter';
  const converter: {loadGraphModel(handler: io.IOHandler): Promise<{dispose(): void}>} | undefined =
    await import(name).catch(() => undefined);
  return converter?.loadGraphModel(io.fromMemory(artifacts));
}

/**
 * The topology without initializers and constraints that compute, as all weights come from the file. Keeps unknown ones, so
 * that loading reports them.
 */
function withoutKernels(topology: unknown): object {
  const known = serialization.SerializationMap.getMap().classNameMap;
  return JSON.parse(JSON.stringify(topology), (key, value) => {
    const isKnown = typeof value === 'string' || Object(value).class_name in known;
    if (key.endsWith('_initializer') && isKnown) {
      return {class_name: 'Zeros', config: {}};
    }
    if (key.endsWith('_constraint') && isKnown) {
      return null;
    }
    return key === 'unit_forget_bias' ? false : value;
  });
}
