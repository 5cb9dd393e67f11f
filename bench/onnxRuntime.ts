import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {toOnnx} from './onnx';

/** The part of ONNX Runtime that is used. */
interface Ort {
  env: {wasm: {numThreads: number}};
  Tensor: new (type: 'float32', values: Float32Array, shape: number[]) => {data: Float32Array};
  InferenceSession: {
    create(model: Uint8Array): Promise<{
      outputNames: string[];
      run(inputs: object): Promise<Record<string, {data: Float32Array}>>;
    }>;
  };
}

const VERSION = '1.22.0';

/**
 * A function that predicts the outputs of a model by ONNX Runtime on WASM with one thread; undefined, with a message, where
 * it cannot be installed. It has 100 MB, so that it is no dependency: npm installs it, once, in the folder for temporary files.
 *
 * @param x An image [1, height, width, channels], or a vector [1, channels].
 */
export async function onnxRuntime(
  model: tf.LayersModel,
  x: tf.Tensor,
): Promise<(() => Promise<Float32Array>) | undefined> {
  const folder = installed();
  if (folder === undefined) return undefined;
  const require = createRequire(join(folder, 'index.js'));
  const dist = join(folder, 'node_modules/onnxruntime-web/dist');
  const ort: Ort = await import(pathToFileURL(join(dist, 'ort.wasm.min.mjs')).href);
  ort.env.wasm.numThreads = 1;
  const image = x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x.clone();
  const input = new ort.Tensor('float32', image.dataSync<'float32'>().slice(), image.shape);
  const session = await ort.InferenceSession.create(toOnnx(require('protobufjs'), model, image.shape));
  image.dispose();
  return async () => (await session.run({x: input}))[session.outputNames[0]].data;
}

function installed(): string | undefined {
  const folder = join(tmpdir(), `tfjs-pruning-onnxruntime-web-${VERSION}`);
  if (existsSync(join(folder, 'node_modules/onnxruntime-web'))) return folder;
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  try {
    const options = ['--no-audit', '--no-fund', '--ignore-scripts'];
    execFileSync('npm', ['install', ...options, `onnxruntime-web@${VERSION}`], {cwd: folder, stdio: 'pipe'});
    return folder;
  } catch (error) {
    console.error(`bench: ONNX Runtime is left out, as npm cannot install it: ${(error as Error).message}`);
    return undefined;
  }
}
