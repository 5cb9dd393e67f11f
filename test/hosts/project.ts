import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {encode, ship} from 'tfjs-pruning';
import {randomize} from '../runtime/compare';

const root = join(__dirname, '../..');

/** A project of a user: the programs of `site`, a network, and the package. */
export interface Project {
  readonly folder: string;
  /** The predictions of tfjs for the input of the programs. */
  readonly right: number[];
  remove(): void;
}

/** Makes a project in a temporary folder. */
export async function project(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'host-'));
  cpSync(join(__dirname, 'site'), folder, {recursive: true});
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/tfjs-pruning'));
  const write = (name: string, contents: string | Uint8Array) => writeFileSync(join(folder, name), contents);
  write('package.json', JSON.stringify({type: 'module', dependencies: {'tfjs-pruning': '*'}}));
  const model = network();
  write('network.tfsp', await encode(model));
  write('network.js', await ship(model));
  const input = Array.from({length: 3 * 64}, (_, i) => Math.sin(i));
  write('input.json', JSON.stringify(input));
  const right = tf.tidy(() => [
    ...(model.predict(tf.tensor(input, [3, 8, 8, 1])) as tf.Tensor).dataSync<'float32'>(),
  ]);
  model.dispose();
  return {folder, right, remove: () => rmSync(folder, {recursive: true})};
}

function network(): tf.LayersModel {
  const {conv2d, dense, flatten, maxPooling2d} = tf.layers;
  const model = tf.sequential({
    layers: [
      conv2d({filters: 6, kernelSize: 3, inputShape: [8, 8, 1], activation: 'relu'}),
      maxPooling2d({poolSize: 2}),
      flatten(),
      dense({units: 10, activation: 'softmax'}),
    ],
  });
  randomize(model, 0.7);
  return model;
}

/** The output in a thread, loaded from a sparse file and shipped as a module. */
interface Outputs {
  readonly loaded: number[];
  readonly shipped: number[];
}

/** The output of the programs. */
export type Predictions = Record<'main' | 'worker', Outputs>;

/** Expects that all predictions are those of tfjs. */
export function expectRight(found: Partial<Predictions>, right: readonly number[]): void {
  const close = right.map((value) => expect.closeTo(value, 5));
  const outputs = {loaded: close, shipped: close};
  expect(found).toEqual('worker' in found ? {main: outputs, worker: outputs} : {main: outputs});
}
