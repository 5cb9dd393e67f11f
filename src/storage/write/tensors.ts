import {io} from '@tensorflow/tfjs-core';
import {wrong} from '../../util/options';
import {byteLength} from '../format';

/** A tensor of a saved model: its spec, and its bytes in a separate buffer. */
export interface StoredTensor {
  readonly spec: io.WeightsManifestEntry;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The tensors of a saved model. @throws if its data does not have the length of its tensors. */
export function tensorsOf(who: string, artifacts: io.ModelArtifacts): StoredTensor[] {
  assertArtifacts(who, artifacts);
  const {weightSpecs = [], weightData} = artifacts;
  for (const spec of weightSpecs) assertSpec(who, spec);
  const data = new Uint8Array(io.CompositeArrayBuffer.join(weightData ?? []));
  let at = 0;
  const tensors = weightSpecs.map((spec) => {
    const start = at;
    at += byteLength(spec, data, start);
    return {spec, bytes: data.slice(start, at)};
  });
  if (at !== data.length) {
    throw new Error(
      `${who}: the model's weights take ${at} bytes, but it has ${data.length}; save or download it again`,
    );
  }
  return tensors;
}

function assertSpec(who: string, spec: unknown): void {
  const {name, shape} = Object(spec) as Partial<io.WeightsManifestEntry>;
  const isLength = (length: unknown) => Number.isInteger(length) && (length as number) >= 0;
  const isKnown = () => !Number.isNaN(byteLength(spec as io.WeightsManifestEntry, new Uint8Array(), 0));
  if (typeof name !== 'string' || !Array.isArray(shape) || !shape.every(isLength) || !isKnown()) {
    const text = JSON.stringify(spec)?.slice(0, 120);
    throw new Error(
      `${who}: a weight must have a name, a shape of whole numbers and a known dtype, got ${text}; save or download ` +
        'the model again',
    );
  }
}

/** @throws unless a value has a part of a saved model. */
export function assertArtifacts(who: string, artifacts: io.ModelArtifacts): void {
  if (artifacts?.modelTopology === undefined && artifacts?.weightSpecs === undefined) {
    throw wrong(who, 'the artifacts', 'those of a saved model, as a handler of tf.io loads them', artifacts);
  }
  const {weightSpecs = []} = artifacts;
  if (!Array.isArray(weightSpecs)) throw wrong(who, 'the weightSpecs', 'a list', weightSpecs);
}
