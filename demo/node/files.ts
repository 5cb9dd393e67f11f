import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import {writePlain} from '../../bin/plain';
import {stage} from '../../bin/staging';

/**
 * Saves to and loads from a folder of model.json and weights.bin, as `file://` does with tfjs-node. An existing model is
 * replaced when the new one is complete.
 */
export function folder(path: string): Required<tf.io.IOHandler> {
  return {
    save: async (artifacts) => {
      const staging = stage(path);
      try {
        await writePlain(staging, artifacts);
        staging.commit();
      } finally {
        staging.discard();
      }
      return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
    },
    load: async () => {
      const json: tf.io.ModelJSON = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const specs = manifest.flatMap(({weights}) => weights);
        const shards = manifest.flatMap(({paths}) => paths).map((shard) => readFileSync(join(path, shard)));
        return [specs, Uint8Array.from(Buffer.concat(shards)).buffer];
      });
    },
  };
}

/** The bytes of a model's weights as tfjs saves them, and after gzip. */
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
