import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type {io} from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

/** Reads a model.json and its weights, or both as modules with text in base64. */
export function readArtifacts(path: string): Promise<io.ModelArtifacts> {
  const folder = dirname(path);
  const isModule = path.endsWith('.js');
  const json: io.ModelJSON = isModule ? require(path) : JSON.parse(readFileSync(path, 'utf8'));
  const shards = isModule
    ? readdirSync(folder)
        .filter((file) => file.startsWith('group'))
        .sort()
        .map((file) => Buffer.from(require(join(folder, file)), 'base64'))
    : json.weightsManifest.flatMap(({paths}) => paths).map((file) => readFileSync(join(folder, file)));
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => [
    manifest.flatMap(({weights}) => weights),
    Uint8Array.from(Buffer.concat(shards)).buffer,
  ]);
}

/** A graph without the inputs that only have to come before a node: the executor of tfjs looks for control flow behind these, too. */
export function withoutControl(artifacts: io.ModelArtifacts): io.ModelArtifacts {
  const topology = artifacts.modelTopology as {node: {input?: string[]}[]};
  const node = topology.node.map((one) => ({
    ...one,
    input: one.input?.filter((reference) => !reference.startsWith('^')),
  }));
  return {...artifacts, modelTopology: {...topology, node}};
}
