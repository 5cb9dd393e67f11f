import {io} from '@tensorflow/tfjs-core';
import {byteLength} from '../format';

/** A tensor of a saved model: what it is and its bytes, on a buffer of their own. */
export interface StoredTensor {
  readonly spec: io.WeightsManifestEntry;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The tensors of a saved model. @throws if its data is longer or shorter than they are. */
export function tensorsOf(who: string, {weightSpecs = [], weightData}: io.ModelArtifacts): StoredTensor[] {
  const data = new Uint8Array(io.CompositeArrayBuffer.join(weightData ?? []));
  let at = 0;
  const tensors = weightSpecs.map((spec) => {
    const start = at;
    at += byteLength(spec, data, start);
    return {spec, bytes: data.slice(start, at)};
  });
  if (at !== data.length) {
    throw new Error(
      `${who}: the model's weights take ${at} bytes and there are ${data.length}; save or download it again`,
    );
  }
  return tensors;
}
