import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {conversionReport, toLayersModel} from 'tfjs-pruning/graph';
import {enableTraining} from 'tfjs-pruning/wasm';
import {readArtifacts} from '../../bench/graphModels/load';
import {type Measured, measure} from '../../bench/graphModels/measure';
import {models, type Published} from '../../bench/graphModels/models';
import '../support/cpu';
import {loadGraph} from '../support/graphModel';
import {expectNoLeakedTensors} from '../support/memory';
import {restartWasm} from '../wasm/backends';

beforeAll(restartWasm);
afterAll(() => tf.setBackend('cpu'));

const packages = join(process.cwd(), 'node_modules');

const read = (name: string) =>
  readArtifacts(
    name === 'mobilenet_v2_mid'
      ? join(packages, 'nsfwjs/dist/models/mobilenet_v2_mid/model.min.js')
      : join(packages, `@vladmandic/human/models/${name}.json`),
  );
const load = async (name: string): Promise<tf.GraphModel> => loadGraph(await read(name));

/** Some of those that `npm run bench:graph` measures, of each kind: of faces, hands, poses, objects and whole images. */
const names = [
  ...['antispoof', 'blazeface', 'centernet', 'emotion', 'facemesh', 'handlandmark-lite', 'iris', 'liveness'],
  ...['mobilenet_v2_mid', 'movenet-lightning'],
];

describe.each(names)('the published graph model %s', (name) => {
  let measured: Measured;
  beforeAll(async () => {
    const {options} = models.find((model) => model.name === name) as Published;
    measured = await measure(await read(name), options, 'wasm');
  });

  it('becomes a layers model with the same outputs, for two examples too', () => {
    expect(measured.outside).toEqual([]);
    expect(measured.difference).toBeLessThan(2e-5);
    expect(measured.differenceOfTwo).toBeLessThan(2e-5);
  });

  it('has a lower loss after a step of fit', () => {
    const [before, after] = measured.losses as [number, number];
    expect(after).toBeLessThan(before);
  });

  it.each(['compacted', 'sparsified', 'decoded', 'loaded', 'ran', 'shipped'] as const)(
    'has the same outputs when it is pruned and %s',
    (step) => {
      expect(measured[step]).toBeLessThan(1e-4);
    },
  );

  it('is smaller when it is pruned and compacted', () => {
    expect(measured.remaining).toBeLessThan(1);
    expect(measured.file).toBeLessThan(0.2);
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
