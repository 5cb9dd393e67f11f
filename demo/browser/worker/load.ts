import {type io, util} from '@tensorflow/tfjs-core';
import type {NamedFile} from '../protocol';
import {Network} from './network';

/** The network in a sparse file, or in the two files that tfjs saves, in any order. */
export async function networkOf(files: NamedFile[]): Promise<Network> {
  const [first] = files;
  if (files.length === 1 && first.name.endsWith('.tfsp')) {
    return Network.decoded(first.bytes);
  }
  const {json, weights} = parseFiles(files);
  return Network.of(json, weights);
}

function parseFiles(files: NamedFile[]): {json: io.ModelJSON; weights: ArrayBuffer} {
  const names = files.map(({name}) => name).join(', ') || 'no file';
  const text = files.find(({name}) => name.endsWith('.json'));
  const binary = files.find(({name}) => name.endsWith('.bin'));
  if (files.length !== 2 || !text || !binary) {
    throw new Error(`choose one .tfsp file, or model.json and weights.bin together; got ${names}`);
  }
  let json: io.ModelJSON;
  try {
    json = JSON.parse(new TextDecoder().decode(text.bytes));
  } catch {
    throw new Error(`${text.name} is not JSON`);
  }
  if (!json?.modelTopology || !Array.isArray(json.weightsManifest)) {
    throw new Error(`${text.name} is not a model that tfjs saved`);
  }
  const bytes = bytesOf(json);
  if (binary.bytes.byteLength !== bytes) {
    throw new Error(
      `${binary.name} has ${binary.bytes.byteLength} bytes instead of the ${bytes} of ${text.name}; do they belong together?`,
    );
  }
  return {json, weights: binary.bytes};
}

/** The bytes of a model's weights in their file. */
function bytesOf({weightsManifest}: io.ModelJSON): number {
  const lengths: Record<string, number> = {float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1};
  return weightsManifest
    .flatMap(({weights}) => weights)
    .reduce(
      (sum, {shape, dtype, quantization}) =>
        sum + util.sizeFromShape(shape) * (lengths[quantization?.dtype ?? dtype] ?? 0),
      0,
    );
}
