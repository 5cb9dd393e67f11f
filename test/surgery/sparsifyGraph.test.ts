import * as tf from '@tensorflow/tfjs';
import {pruneArtifacts, report, sparsify} from 'tfjs-pruning';
import type {WasmBackend} from '../../src/wasm/backend';
import {listsOn} from '../../src/wasm/sparse/lists';
import '../support/cpu';
import {expectNoLeakedTensors} from '../support/memory';
import {published} from '../support/published';
import {numbers, restartWasm} from '../wasm/backends';

beforeAll(restartWasm);
afterAll(() => tf.setBackend('cpu'));

type Attributes = Record<string, object>;
type Step = [name: string, op: string, input: string[], attr?: Attributes];
type Weights = Record<string, tf.Tensor>;

const float = {dtype: {type: 'DT_FLOAT'}};
const window = {
  strides: {list: {i: ['1', '1', '1', '1']}},
  dilations: {list: {i: ['1', '1', '1', '1']}},
  padding: {s: btoa('SAME')},
  data_format: {s: btoa('NHWC')},
};
const norm = {is_training: {b: false}, epsilon: {f: 0.001}, data_format: {s: btoa('NHWC')}};
const conv: Step = ['conv', 'Conv2D', ['x', 'filter'], window];

/** A graph model of some ops on an input `x`. */
async function graph(shape: number[], steps: Step[], weights: Weights): Promise<tf.GraphModel> {
  const dim = shape.map((size) => ({size: `${size}`}));
  const node = [
    {name: 'x', op: 'Placeholder', attr: {...float, shape: {shape: {dim}}}},
    ...Object.keys(weights).map((name) => ({name, op: 'Const', attr: float})),
    ...steps.map(([name, op, input, attr = {}]) => ({name, op, input, attr})),
  ];
  const {data, specs} = await tf.io.encodeWeights(weights as tf.NamedTensorMap);
  const modelTopology = {node, versions: {producer: 1, minConsumer: 1}};
  return tf.loadGraphModel(tf.io.fromMemory({modelTopology, weightSpecs: specs, weightData: data}));
}

/** Numbers with a density of 0.1. */
const sparseNumbers = (shape: number[], seed = 1) =>
  tf.tidy(() => tf.mul(numbers(shape, seed), tf.greater(tf.abs(numbers(shape, seed + 1)), 0.9)));

const positive = (seed: number) => tf.add(numbers([32], seed), 1.5);

const weights = (): Weights => ({
  filter: sparseNumbers([3, 3, 16, 32]),
  depthwise: sparseNumbers([3, 3, 16, 2]),
  ...{
    bias: numbers([32], 3),
    factor: positive(4),
    scalar: tf.scalar(0.7),
    wide: positive(5).reshape([1, 1, 1, 32]),
  },
  ...{gamma: positive(6), beta: numbers([32], 7), mean: numbers([32], 8), variance: positive(9)},
});

const opsOf = (model: tf.GraphModel) => {
  const {modelTopology} = (model as unknown as {artifacts: tf.io.ModelArtifacts}).artifacts;
  const {node} = modelTopology as {node: {op: string; name: string}[]};
  return node.filter(({op}) => op !== 'Const' && op !== 'Placeholder').map(({op, name}) => `${op} ${name}`);
};

async function expectSame(a: tf.GraphModel, b: tf.GraphModel, x: tf.Tensor): Promise<void> {
  const [one, other] = [a, b].map((model) => [model.predict(x)].flat() as tf.Tensor[]);
  expect(one.length).toBe(other.length);
  for (const [i, expected] of one.entries()) {
    expect(other[i].shape).toEqual(expected.shape);
    const largest = tf.max(tf.abs(expected)).dataSync()[0];
    expect(tf.max(tf.abs(tf.sub(expected, other[i]))).dataSync()[0]).toBeLessThan(1e-5 * largest);
  }
  tf.dispose([...one, ...other]);
}

const images = () => numbers([2, 14, 14, 16], 2);

it.each<[string, Step[], string[]]>([
  [
    'a batch norm',
    [conv, ['norm', 'FusedBatchNormV3', ['conv', 'gamma', 'beta', 'mean', 'variance'], norm]],
    ['_FusedConv2D norm'],
  ],
  [
    'a factor, a summand and relu6',
    [
      conv,
      ['times', 'Mul', ['conv', 'wide']],
      ['plus', 'AddV2', ['bias', 'times']],
      ['out', 'Relu6', ['plus']],
    ],
    ['_FusedConv2D out'],
  ],
  [
    'scalars',
    [
      conv,
      ['times', 'Mul', ['scalar', 'conv']],
      ['minus', 'Sub', ['times', 'scalar']],
      ['out', 'Relu', ['minus']],
    ],
    ['_FusedConv2D out'],
  ],
  ['a bias', [conv, ['out', 'BiasAdd', ['conv', 'bias']]], ['_FusedConv2D out']],
  [
    'what follows a fused bias',
    [
      [
        'conv',
        '_FusedConv2D',
        ['x', 'filter', 'bias'],
        {...window, fused_ops: {list: {s: [btoa('BiasAdd')]}}, num_args: {i: '1'}},
      ],
      ['times', 'Mul', ['conv', 'factor']],
      ['out', 'Relu6', ['times']],
    ],
    ['_FusedConv2D out'],
  ],
  [
    'the norm of a depthwise convolution with two filters for each channel',
    [
      ['conv', 'DepthwiseConv2dNative', ['x', 'depthwise'], window],
      ['out', 'FusedBatchNorm', ['conv', 'gamma', 'beta', 'mean', 'variance'], norm],
    ],
    ['FusedDepthwiseConv2dNative out'],
  ],
])('folds %s of a graph into the product, under the name of the last', async (_, steps, expected) => {
  const model = await graph([2, 14, 14, 16], steps, weights());
  const fast = await sparsify(model);
  expect(opsOf(fast)).toEqual(expected);
  expect(fast.outputs.map(({name}) => name)).toEqual(model.outputs.map(({name}) => name));
  await expectSame(model, fast, images());
});

it('folds the norm of a matrix product of a graph', async () => {
  const values = {...weights(), matrix: sparseNumbers([64, 32])};
  const steps: Step[] = [
    ['product', 'MatMul', ['x', 'matrix'], {transpose_a: {b: false}, transpose_b: {b: false}}],
    ['times', 'Mul', ['product', 'factor']],
    ['out', 'Relu', ['times']],
  ];
  const model = await graph([20, 64], steps, values);
  const fast = await sparsify(model);
  expect(opsOf(fast)).toEqual(['_FusedMatMul out']);
  await expectSame(model, fast, numbers([20, 64], 3));
});

it.each<[string, Step[]]>([
  ['that another op sees', [conv, ['out', 'Relu', ['conv']], ['other', 'Neg', ['conv']]]],
  [
    'after another activation',
    [
      [
        'conv',
        '_FusedConv2D',
        ['x', 'filter', 'bias'],
        {...window, fused_ops: {list: {s: ['BiasAdd', 'Relu'].map(btoa)}}, num_args: {i: '1'}},
      ],
      ['times', 'Mul', ['conv', 'factor']],
    ],
  ],
  ['with a summand along other dimensions', [conv, ['out', 'AddV2', ['conv', 'map']]]],
  [
    'with a norm of the batch',
    [
      conv,
      [
        'norm',
        'FusedBatchNormV3',
        ['conv', 'gamma', 'beta', 'mean', 'variance'],
        {...norm, is_training: {b: true}},
      ],
    ],
  ],
  ['with a summand that is no constant', [conv, ['more', 'Neg', ['x']], ['out', 'AddV2', ['conv', 'conv']]]],
  ['that comes second in a difference', [conv, ['out', 'Sub', ['bias', 'conv']]]],
])('leaves a product of a graph %s', async (_, steps) => {
  const model = await graph([2, 14, 14, 16], steps, {...weights(), map: numbers([14, 1], 3)});
  const fast = await sparsify(model);
  expect(opsOf(fast)).toEqual(steps.map(([name, op]) => `${op} ${name}`));
  if (steps.at(-1)?.[0] !== 'norm') await expectSame(model, fast, images());
});

it('keeps factors as they are with foldNorms: false, but folds summands', async () => {
  const steps: Step[] = [conv, ['plus', 'AddV2', ['conv', 'bias']], ['out', 'Mul', ['plus', 'factor']]];
  const model = await graph([2, 14, 14, 16], steps, weights());
  const fast = await sparsify(model, {foldNorms: false});
  expect(opsOf(fast)).toEqual(['_FusedConv2D plus', 'Mul out']);
  await expectSame(model, fast, images());
});

it('report() has a row for each op of a graph, with the kernel that runs it', async () => {
  const steps: Step[] = [
    conv,
    ['depthwiseConv', 'DepthwiseConv2dNative', ['x', 'depthwise'], window],
    ['out', 'AddV2', ['conv', 'depthwiseConv']],
  ];
  const model = await graph([2, 14, 14, 16], steps, weights());
  const fast = await sparsify(model);
  const rows = () => report(fast).weights.map(({name, layer, runs}) => [name, layer, runs]);
  const unknown = 'as fits the size of its inputs, which is not known yet';
  expect(rows()).toEqual([
    ['filter', 'conv', unknown],
    ['depthwise', 'depthwiseConv', unknown],
  ]);
  fast.predict(images());
  expect(rows()).toEqual([
    ['filter', 'conv', expect.stringMatching(/^sparse, in \d+ % of the time of dense$/)],
    ['depthwise', 'depthwiseConv', 'dense, as each channel has 2 filters'],
  ]);
  const [{kept, macs, sparsity}] = report(fast).weights;
  expect(sparsity).toBeCloseTo(0.9, 1);
  // The two images of the last call.
  expect(macs).toBe(kept * 2 * 14 * 14);
  expect(report(fast).toString()).toMatch(/^weight +shape +size/);
  expect(() => report(model)).toThrow(/^report: a GraphModel cannot be pruned/);
});

describe('a published MobileNetV2 of 80 % zeros', () => {
  let model: tf.GraphModel;
  const image = () => tf.tidy(() => tf.abs(numbers([1, 224, 224, 3], 1)));

  beforeAll(async () => {
    const artifacts = await pruneArtifacts(await published('mobilenet_v2_mid'), 0.8);
    model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
  });

  it('has the same outputs after sparsify, and runs on its nonzeros', async () => {
    const fast = await sparsify(model);
    await expectSame(model, fast, image());
    const runs = report(fast).weights.map((row) => row.runs);
    expect(runs.length).toBeGreaterThan(50);
    expect(runs.filter((text) => text?.startsWith('sparse')).length).toBeGreaterThan(30);
    fast.dispose();
  });

  it('leaks nothing, is disposed with its lists, and leaves the given model', async () => {
    const lists = () => listsOn(tf.backend() as unknown as WasmBackend);
    const x = image();
    const others = lists();
    await expectNoLeakedTensors(async () => {
      const fast = await sparsify(model);
      (fast.predict(x) as tf.Tensor).dispose();
      const before = [tf.memory().numTensors, tf.backend().numDataIds(), lists()];
      expect(lists()).toBeGreaterThan(others + 30);
      (fast.predict(x) as tf.Tensor).dispose();
      expect([tf.memory().numTensors, tf.backend().numDataIds(), lists()]).toEqual(before);
      fast.dispose();
    });
    expect(lists()).toBe(others);
    (model.predict(x) as tf.Tensor).dispose();
    expect(lists()).toBe(others);
    x.dispose();
  });

  it('saves, loads and is sparsified again', async () => {
    const fast = await sparsify(model);
    let saved: tf.io.ModelArtifacts = {};
    await fast.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
      }),
    );
    const loaded = await tf.loadGraphModel(tf.io.fromMemory(saved));
    await expectSame(model, loaded, image());
    await expectSame(model, await sparsify(loaded), image());
  });

  it('works on the cpu, and on the next backend of WASM', async () => {
    const fast = await sparsify(model);
    const x = image();
    await expectSame(model, fast, x);
    await tf.setBackend('cpu');
    await Promise.all(
      [x, ...[fast, model].flatMap(({weights}) => Object.values(weights).flat())].map((one) => one.data()),
    );
    const small = numbers([1, 224, 224, 3], 1);
    await expectSame(model, fast, small);
    expect(report(fast).weights[0].runs).toBe('dense, as the backend is cpu');
    await restartWasm();
    await expectSame(model, fast, image());
    expect(report(fast).weights.some(({runs}) => runs?.startsWith('sparse'))).toBe(true);
  });
});

it('a disposed graph model is an error', async () => {
  const model = await graph([2, 14, 14, 16], [conv], weights());
  model.dispose();
  await expect(sparsify(model)).rejects.toThrow('sparsify: the GraphModel is disposed; load it again');
});

it('layers is no option for graph models', async () => {
  const model = await graph([2, 14, 14, 16], [conv], weights());
  await expect(sparsify(model, {layers: {}} as never)).rejects.toThrow(
    'sparsify: unknown option "layers"; there are foldNorms',
  );
});
