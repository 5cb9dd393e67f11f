import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import {decodeArtifacts, fromKeras3} from 'tfjs-pruning/storage';
import {shardPath} from './shardPath';

/** A saved model and its files. */
export interface ModelFiles {
  readonly artifacts: io.ModelArtifacts;
  readonly files: readonly string[];
}

/** Reads the model.json of a layers or graph model with its weights, or a sparse file. */
export async function readModel(path: string): Promise<ModelFiles> {
  const bytes = read(path);
  if (/\.tflite$/i.test(path)) {
    throw new Error(
      `${path} is a tflite file, which no tool converts back; convert the SavedModel or Keras model that it was made of, with ` +
        'tensorflowjs_converter',
    );
  }
  if (/\.(h5|keras|hdf5|pb|onnx)$/i.test(path)) {
    throw new Error(`${path} is not a model of tfjs; convert it with tensorflowjs_converter`);
  }
  if (bytes.subarray(0, 4).toString() === 'tfsp') {
    return {artifacts: await attempt(path, () => decodeArtifacts(bytes)), files: [path]};
  }
  const json = parse(path, bytes.toString());
  const shards = json.weightsManifest.flatMap(({paths}) => paths.map((shard) => shardPath(path, shard)));
  const artifacts = await io.getModelArtifactsForJSON(json, async (manifest) => {
    const specs = manifest.flatMap(({weights}) => weights);
    return [
      specs,
      Uint8Array.from(
        Buffer.concat(
          shards.map((shard) => read(shard, 'it should be a file of weights; download the model again')),
        ),
      ).buffer,
    ];
  });
  return {artifacts: await attempt(path, () => fromKeras3(artifacts)), files: [path, ...shards]};
}

/** Names the file in the error of a function that reads it. */
async function attempt<Result>(path: string, read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw new Error(`cannot read ${path}: ${(cause as Error).message}`, {cause});
  }
}

function read(path: string, folder = 'give the model.json in it'): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException;
    if (existsSync(join(path, 'saved_model.pb'))) {
      throw new Error(`${path} is a SavedModel; convert it with tensorflowjs_converter`, {cause});
    }
    const reason = {ENOENT: 'there is no such file', EISDIR: `it is a folder; ${folder}`}[code ?? ''];
    throw new Error(`cannot read ${path}: ${reason ?? (cause as Error).message}`, {cause});
  }
}

function parse(path: string, text: string): io.ModelJSON {
  let json: Partial<io.ModelJSON> | null = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Reported below.
  }
  if (json?.modelTopology == null || !Array.isArray(json.weightsManifest)) {
    throw new Error(
      `${path} is no model.json of tfjs, which has a modelTopology and a weightsManifest, and no sparse file; ` +
        'convert models of other frameworks with tensorflowjs_converter',
    );
  }
  return json as io.ModelJSON;
}
