import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {channel, compact, decode, encode, prune, sparsify} from 'tfjs-pruning';
import {conversionReport, toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {outputsOfModule, outputsOfRuntime} from '../../bench/graphModels/withoutTfjs';
import '../support/cpu';
import {loadGraph} from '../support/graphModel';
import {expectNoLeakedTensors} from '../support/memory';
import {restartWasm} from '../wasm/backends';

beforeAll(restartWasm);
afterAll(() => tf.setBackend('cpu'));

const folder = join(process.cwd(), 'node_modules/@vladmandic/human/models');

async function load(name: string): Promise<tf.GraphModel> {
  const json: tf.io.ModelJSON = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const read = async (
    manifest: tf.io.WeightsManifestConfig,
  ): Promise<[tf.io.WeightsManifestEntry[], ArrayBuffer]> => {
    const data = manifest.flatMap(({paths}) => paths).map((path) => readFileSync(join(folder, path)));
    return [manifest.flatMap(({weights}) => weights), Uint8Array.from(Buffer.concat(data)).buffer];
  };
  return loadGraph(await tf.io.getModelArtifactsForJSON(json, read));
}

/** Inputs in [0, 1), or bytes where the model takes whole numbers. */
function inputsFor({inputs}: tf.GraphModel, seed: number): Record<string, tf.Tensor> {
  return Object.fromEntries(
    inputs.map(({name, shape, dtype}) => {
      const x = tf.randomUniform(
        (shape as number[]).map((size) => Math.max(size, 1)),
        0,
        1,
        'float32',
        seed,
      );
      return [name, dtype === 'int32' ? x.mul(255).toInt() : x];
    }),
  );
}

const outputsOf = (model: tf.LayersModel, inputs: tf.Tensor[]): tf.Tensor[] =>
  [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();

/** The largest difference of some tensors, relative to the largest number in each. */
async function differenceOf(some: tf.Tensor[], others: tf.Tensor[]): Promise<number> {
  const all = await Promise.all(
    some.map(async (tensor, i) => {
      const [a, b] = [await tensor.data(), await others[i].data()];
      let [difference, largest] = [0, 1e-30];
      for (let j = 0; j < a.length; j++) {
        difference = Math.max(difference, Math.abs(a[j] - b[j]));
        largest = Math.max(largest, Math.abs(a[j]));
      }
      return difference / largest;
    }),
  );
  return Math.max(...all);
}

// Small ones; `npm run bench:graph` does the same with all.
const names = ['antispoof', 'blazeface', 'emotion', 'facemesh', 'liveness'];

describe.each(names)('the published graph model %s', (name) => {
  it('becomes a layers model with the same outputs, for two examples too', async () => {
    const graph = await load(name);
    const model = await toLayersModel(graph, {strict: true});
    const [first, second] = [inputsFor(graph, 1), inputsFor(graph, 2)];
    const outputs = graph.outputs.map((output) => output.name);
    const each = [first, second].map((inputs) => [graph.execute(inputs, outputs)].flat());
    const both = graph.inputs.map((input) => tf.concat([first[input.name], second[input.name]]));
    const found = outputsOf(model, both);
    const expected = each[0].map((_, i) => tf.stack([each[0][i], each[1][i]]));
    expect(await differenceOf(expected, found)).toBeLessThan(2e-5);
  });

  it('is pruned, compacted, sparsified, encoded, decoded and shipped with the same outputs', async () => {
    const graph = await load(name);
    const model = await prunable(await toLayersModel(graph));
    await prune(model, 0.8);
    await prune(model, 0.3, {pattern: channel()});
    const feeds = inputsFor(graph, 1);
    const inputs = Object.values(feeds);
    const expected = outputsOf(model, inputs);
    const small = await compact(model);
    const bytes = await encode(small);
    const decoded = await decode(bytes);
    expect(small.countParams()).toBeLessThanOrEqual(model.countParams());
    expect(await differenceOf(expected, outputsOf(small, inputs))).toBeLessThan(1e-4);
    expect(await differenceOf(expected, outputsOf(await sparsify(small), inputs))).toBeLessThan(1e-4);
    expect(await differenceOf(expected, outputsOf(decoded as tf.LayersModel, inputs))).toBeLessThan(1e-4);
    expect(await differenceOf(expected, await outputsOfRuntime(bytes, feeds))).toBeLessThan(1e-4);
    expect(await differenceOf(expected, await outputsOfModule(small, feeds))).toBeLessThan(1e-4);
  });
});

it('a model ends in front of ops that have no layers', async () => {
  const graph = await load('centernet');
  const model = await toLayersModel(graph);
  const {outside, outputs} = conversionReport(model);
  expect(outputs).toContain('tower_0/wh');
  expect(outside.find(({op}) => op === 'TopKV2')).toMatchObject({reason: expect.stringMatching(/no layer/)});
  expect(`${conversionReport(model)}`).toMatch(/tower_0\/TopKV2 +TopKV2 +no layer computes it/);
  await expect(toLayersModel(graph, {strict: true})).rejects.toThrow(
    /toLayersModel: cannot convert the TopKV2 tower_0/,
  );
});

it('a model that begins with control flow is refused', async () => {
  await expect(toLayersModel(await load('handtrack'))).rejects.toThrow(
    /cannot convert the Switch .*: no layer computes it; end the model before it by the option outputs/,
  );
});

it('training lowers the loss of a converted model', async () => {
  const disable = enableTraining();
  const model = await toLayersModel(await load('emotion'));
  model.compile({optimizer: tf.train.sgd(1e-4), loss: 'meanSquaredError'});
  const [x, y] = [
    tf.randomUniform([4, ...(model.inputs[0].shape.slice(1) as number[])], 0, 1, 'float32', 1),
    tf.eye(4, 7),
  ];
  const losses = (await model.fit(x, y, {epochs: 5, verbose: 0})).history.loss as number[];
  expect(losses[4]).toBeLessThan(losses[0]);
  disable();
});

it('conversion leaves no tensors but the weights', async () => {
  const graph = await load('liveness');
  await expectNoLeakedTensors(async () => (await toLayersModel(graph)).dispose());
  await expectNoLeakedTensors(() => toLayersModel(graph, {outputs: ['nothing']}).catch(() => {}));
});
