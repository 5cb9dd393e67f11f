import type {LayerJson} from '../runtime/model/graph';
import {readNetwork} from '../runtime/model/read';
import {Weights} from '../runtime/model/Weights';
import {decodeFile} from '../storage/read/decodeFile';
import {assemble} from './assemble';
import {planFor} from './plan';
import {moduleText, typesText} from './text';

export {encodeFile as encodeArtifactsFor} from '../storage/write/encodeFile';

/** Makes a sparse file into a module. */
export async function make(
  file: Uint8Array,
  format: 'module' | 'types' | 'wasm',
): Promise<string | Uint8Array<ArrayBuffer>> {
  const artifacts = await decodeFile('ship', file);
  if (artifacts.format === 'graph-model') {
    throw new Error(
      'ship: the model is a graph model; convert it with toLayersModel() of tfjs-pruning/graph',
    );
  }
  const {modelTopology, weightSpecs = [], weightData} = artifacts;
  const saved = Object(modelTopology) as LayerJson & {model_config?: LayerJson};
  try {
    const weights = new Weights(weightSpecs, weightData as ArrayBuffer);
    const plan = planFor(await readNetwork(saved.model_config ?? saved, weights));
    if (format === 'types') return typesText(plan);
    const assembled = assemble(plan);
    return format === 'wasm' ? assembled.wasm : moduleText(assembled, plan);
  } catch (cause) {
    throw new Error(`ship: ${(cause as Error).message}`, {cause});
  }
}
