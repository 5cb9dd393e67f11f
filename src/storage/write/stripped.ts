import {serialization} from '@tensorflow/tfjs-core';
import type {StoredTensor} from './tensors';

const MASK = '_mask';

/**
 * A saved model without masks: the zeros baked into its weights, and in the place of each prunable class the plain
 * one. It is done to what is saved rather than to the model, as a handler sees no more.
 */
export function stripped(topology: unknown, tensors: StoredTensor[]): [unknown, StoredTensor[]] {
  const plain = plainTopology(topology);
  if (plain === topology) {
    return [topology, tensors];
  }
  const masks = new Map(
    tensors.filter(({spec}) => spec.dtype === 'bool').map(({spec, bytes}) => [spec.name, bytes]),
  );
  const masked = tensors.map(({spec, bytes}) => {
    const mask = masks.get(spec.name + MASK);
    return {spec, bytes: mask === undefined ? bytes : withZeros(bytes, mask)};
  });
  const names = new Set(tensors.map(({spec}) => spec.name + MASK));
  return [plain, masked.filter(({spec}) => !(masks.has(spec.name) && names.has(spec.name)))];
}

/** The topology with plain names of classes; the same object if they all are. */
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
  const [loaded] = serialization.SerializationMap.getMap().classNameMap[name as string] ?? [];
  return (loaded as {plainName?: string} | undefined)?.plainName ?? name;
}

function withZeros(bytes: Uint8Array<ArrayBuffer>, mask: Uint8Array): Uint8Array<ArrayBuffer> {
  const values = new Uint32Array(bytes.slice().buffer);
  for (let i = 0; i < values.length; i++) {
    values[i] = mask[i] ? values[i] : 0;
  }
  return new Uint8Array(values.buffer);
}
