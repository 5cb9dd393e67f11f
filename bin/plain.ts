import {existsSync} from 'node:fs';
import {basename, join} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import type {Staging} from './staging';

/** The files of a model as tfjs writes them. */
export const PLAIN = ['model.json', 'weights.bin'];

/** Stages model.json and weights.bin. */
export async function writePlain(staging: Staging, artifacts: io.ModelArtifacts): Promise<void> {
  const {weightData = [], weightSpecs = [], ...rest} = artifacts;
  const weights = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
  const json = (path: string) =>
    JSON.stringify({...rest, weightsManifest: [{paths: [path], weights: weightSpecs}]});
  if (existsSync(join(staging.folder, '..', 'model.json'))) {
    // Two files cannot be replaced in one step: until both are, model.json refers to temporary weights.
    await staging.write('meanwhile.bin', weights, null);
    await staging.write('meanwhile.json', json(`${basename(staging.folder)}/meanwhile.bin`), 'model.json');
  }
  await staging.write('weights.bin', weights);
  await staging.write('model.json', json('weights.bin'));
}
