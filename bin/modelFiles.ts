import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import {decodeArtifacts} from 'tfjs-pruning';
import {isKeras3, keras2} from './keras3';

/** A saved model: model.json of layers or a graph with its weights beside it, or a sparse file. */
export async function readModel(path: string): Promise<io.ModelArtifacts> {
  const bytes = read(path);
  if (/\.(h5|keras|hdf5|pb|tflite|onnx)$/i.test(path)) {
    throw new Error(`${path} is no model of tfjs; convert it with tensorflowjs_converter`);
  }
  if (bytes.subarray(0, 4).toString() === 'tfsp') {
    return decodeArtifacts(bytes);
  }
  const json = parse(path, bytes.toString());
  const artifacts = await io.getModelArtifactsForJSON(json, async (manifest) => {
    const specs = manifest.flatMap(({weights}) => weights);
    const shards = manifest.flatMap(({paths}) => paths).map((shard) => read(join(dirname(path), shard)));
    return [specs, Uint8Array.from(Buffer.concat(shards)).buffer];
  });
  if (!isKeras3(artifacts)) {
    return artifacts;
  }
  try {
    return keras2(artifacts);
  } catch (cause) {
    throw new Error(`${path} is of Keras 3: ${(cause as Error).message}`, {cause});
  }
}

/** Writes model.json and weights.bin, as tfjs itself does. */
export function writePlain(folder: string, artifacts: io.ModelArtifacts): string[] {
  const {weightData = [], weightSpecs = [], ...rest} = artifacts;
  const weightsManifest = [{paths: ['weights.bin'], weights: weightSpecs}];
  return [
    write(folder, 'model.json', JSON.stringify({...rest, weightsManifest})),
    write(folder, 'weights.bin', new Uint8Array(io.CompositeArrayBuffer.join(weightData))),
  ];
}

export function write(folder: string, name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  try {
    mkdirSync(folder, {recursive: true});
    writeFileSync(path, contents);
  } catch (cause) {
    throw new Error(`cannot write ${path}: ${(cause as Error).message}; choose another folder by -o`, {
      cause,
    });
  }
  return path;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException;
    const reason = {ENOENT: 'there is no such file', EISDIR: 'it is a folder; give the model.json in it'}[
      code ?? ''
    ];
    throw new Error(`cannot read ${path}: ${reason ?? (cause as Error).message}`, {cause});
  }
}

function parse(path: string, text: string): io.ModelJSON {
  let json: Partial<io.ModelJSON> | null = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Told below.
  }
  if (json?.modelTopology == null || !Array.isArray(json.weightsManifest)) {
    throw new Error(
      `${path} is no model.json of tfjs, which has a modelTopology and a weightsManifest, and no sparse file; ` +
        'models of others are converted by tensorflowjs_converter',
    );
  }
  return json as io.ModelJSON;
}
