import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {callsIn, functionalOf, type Layer} from '../model/tfjs';
import {isContainer} from '../model/tree';
import type {LayerPair} from './options';

/** A layer of a model, with the shape of its only output. */
interface Named {
  readonly path: string;
  readonly layer: Layer;
  readonly times: number;
  readonly shape: readonly number[];
}

/** Paired layers of a student and a teacher. */
export interface Pair {
  readonly student: Layer;
  readonly teacher: Layer;
  readonly strength: number;
}

/** @throws if there is no layer of such a name, if one has several outputs, or if the shapes of two differ. */
export function pairsOf(
  who: string,
  model: LayersModel,
  teacher: LayersModel,
  pairs: readonly LayerPair[],
): Pair[] {
  if (pairs.length === 0) return [];
  const [own, others] = [namedIn(who, model), namedIn(who, teacher)];
  return pairs.map(([student, other, strength = 1]) => {
    const [a, b] = [find(who, model, own, student), find(who, teacher, others, other)];
    if (String(a.shape) !== String(b.shape)) {
      throw new Error(
        `${who}: layer "${student}" has outputs of shape [${a.shape}], and layer "${other}" of the teacher [${b.shape}]; ` +
          'pair layers of the same shape',
      );
    }
    return {student: a.layer, teacher: b.layer, strength};
  });
}

/** The layers and nested models of a model, by path. */
function namedIn(who: string, model: LayersModel): Named[] {
  const functional = functionalOf(model);
  const nested = functional.layers.filter(isContainer).map((layer) => {
    const calls = callsIn(functional).filter(({outboundLayer}) => outboundLayer === layer);
    const shape = layer.outputs[0].shape.slice(1).map((dim) => dim ?? 1);
    return {path: layer.name, layer, times: calls.length, shape};
  });
  const single = readNetwork(who, model).leaves.map(({path, layer, calls}) => {
    const times = calls.reduce((sum, {times = 1}) => sum + times, 0);
    return {path, layer, times, shape: calls[0]?.output ?? []};
  });
  return [...single, ...nested];
}

function find(who: string, {name}: LayersModel, known: readonly Named[], path: string): Named {
  const found = known.find((one) => one.path === path);
  if (found === undefined) {
    const paths = known.map((one) => one.path).join(', ');
    throw new Error(`${who}: model "${name}" has no layer "${path}"; there are ${paths}`);
  }
  if (found.times > 1) {
    throw new Error(`${who}: layer "${path}" of model "${name}" has ${found.times} outputs, as it is shared`);
  }
  return found;
}
