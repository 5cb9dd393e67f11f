import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';

/**
 * Saves to and loads from a folder of model.json and weights.bin, as `file://` does where tfjs-node is there.
 */
export function folder(path: string): tf.io.IOHandler {
  return {
    save: async (artifacts) => {
      const {weightData: _, weightSpecs = [], ...topology} = artifacts;
      const json = {...topology, weightsManifest: [{paths: ['weights.bin'], weights: weightSpecs}]};
      mkdirSync(path, {recursive: true});
      writeFileSync(join(path, 'model.json'), JSON.stringify(json));
      writeFileSync(join(path, 'weights.bin'), weightsOf(artifacts));
      return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
    },
    load: async () => {
      const json: tf.io.ModelJSON = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const specs = manifest.flatMap(({weights}) => weights);
        return [specs, Uint8Array.from(readFileSync(join(path, 'weights.bin'))).buffer];
      });
    },
  };
}

/** How many bytes a model's weights take, as tfjs saves them and after gzip. */
export async function sizesOf(model: tf.LayersModel): Promise<{raw: number; gzip: number}> {
  let bytes = new Uint8Array();
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      bytes = weightsOf(artifacts);
      return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
    }),
  );
  return {raw: bytes.length, gzip: gzipSync(bytes, {level: 9}).length};
}

function weightsOf({weightData = []}: tf.io.ModelArtifacts): Uint8Array<ArrayBuffer> {
  return new Uint8Array(tf.io.CompositeArrayBuffer.join([weightData].flat()));
}
