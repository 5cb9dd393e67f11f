import {serialization} from '@tensorflow/tfjs-core';
import type {StoredTensor} from './tensors';

const MASK = '_mask';

/**
 * Removes masks from a saved model: writes their zeros into the weights, and replaces prunable classes by plain ones. Works on
 * artifacts, because a save handler does not see the model.
 *
 * @throws if a mask has no weight.
 */
export function stripped(who: string, topology: unknown, tensors: StoredTensor[]): [unknown, StoredTensor[]] {
  assertShallow(who, topology);
  const plain = plainTopology(topology);
  if (plain === topology) {
    return [topology, tensors];
  }
  const isMask = ({spec}: StoredTensor) => spec.dtype === 'bool' && spec.name.endsWith(MASK);
  const weights = tensors.filter((tensor) => !isMask(tensor));
  const masks = new Map(
    tensors.filter(isMask).map(({spec, bytes}) => [nameOfMasked(who, spec.name, weights), bytes]),
  );
  return [plain, weights.map(({spec, bytes}) => ({spec, bytes: withZeros(bytes, masks.get(spec.name))}))];
}

/** The maximum depth of a topology; models have some tens of levels. */
const DEEPEST = 1000;

/** Throws if a topology is so deep that recursion could overflow the stack. */
export function assertShallow(who: string, topology: unknown): void {
  let level = [topology];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      throw new Error(
        `${who}: the topology has more than ${DEEPEST} nested levels; pass the artifacts of a model`,
      );
    }
    const objects = level.filter((one) => typeof one === 'object' && one !== null);
    level = objects.flatMap((one) => Object.values(one as object));
  }
}

/** The name of a mask's weight. */
function nameOfMasked(who: string, mask: string, weights: StoredTensor[]): string {
  const name = mask.slice(0, -MASK.length);
  if (!weights.some(({spec}) => spec.name === name)) {
    throw new Error(`${who}: there is no weight ${name} for the mask ${mask}; strip() the model first`);
  }
  return name;
}

/** The topology with plain class names; the same object if all names are plain. */
function plainTopology(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) {
    return json;
  }
  const entries = Object.entries(json).map(([key, value]): [string, unknown] => [
    key,
    key === 'class_name' ? plainName(value) : plainTopology(value),
  ]);
  if (entries.every(([key, value]) => value === (json as Record<string, unknown>)[key])) {
    return json;
  }
  return Array.isArray(json) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function plainName(name: unknown): unknown {
  const map = serialization.SerializationMap.getMap().classNameMap;
  // A class may have the name of a method of objects, as `constructor`.
  if (typeof name !== 'string' || !Object.hasOwn(map, name)) return name;
  return (map[name][0] as {plainName?: string}).plainName ?? name;
}

function withZeros(bytes: Uint8Array<ArrayBuffer>, mask: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  if (mask === undefined) {
    return bytes;
  }
  const values = new Uint32Array(bytes.slice().buffer);
  for (let i = 0; i < values.length; i++) {
    values[i] = mask[i] ? values[i] : 0;
  }
  return new Uint8Array(values.buffer);
}
