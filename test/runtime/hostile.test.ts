import {deflateRawSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {encode} from 'tfjs-pruning';
import {load, type Net, type ShapedInput} from 'tfjs-pruning/runtime';
import {decodeArtifacts} from 'tfjs-pruning/storage';
import {binaryOp, scalarOp, selectOp, unaryOp} from '../../src/graph/layers/elementwise';
import {gatherOp, padOp, sliceOp, tileOp} from '../../src/graph/layers/moves';
import {argOp, matMulOp, reduceOp} from '../../src/graph/layers/products';
import '../support/cpu';
import {resealed} from '../support/sparse';
import {generator, randomize} from './compare';

const {layers} = tf;

type Symbolic = tf.SymbolicTensor;

/** Messages that nobody wrote. */
const UNWRITTEN =
  /(?<!got )undefined|NaN|not a function|not iterable|Cannot |Invalid |out of bounds|call stack|WebAssembly/;

const isClear = (message: string) => /^load: .{10,}/.test(message) && !UNWRITTEN.test(message);

const chain = (input: Symbolic, ...all: tf.layers.Layer[]) =>
  all.reduce((x, layer) => layer.apply(x) as Symbolic, input);

function images(): tf.LayersModel {
  const x = tf.input({shape: [8, 7, 3]});
  const y = chain(
    x,
    layers.conv2d({filters: 4, kernelSize: 3, padding: 'same', useBias: false}),
    layers.batchNormalization(),
    layers.reLU({maxValue: 6}),
    layers.depthwiseConv2d({kernelSize: 2, strides: 2}),
    layers.zeroPadding2d({padding: 1}),
    layers.separableConv2d({filters: 3, kernelSize: 2}),
  );
  const z = chain(
    y,
    layers.conv2dTranspose({filters: 3, kernelSize: 2}),
    layers.cropping2D({cropping: [1, 0]}),
  );
  const both = [
    chain(y, layers.upSampling2d({size: [1, 2]}), layers.maxPooling2d({poolSize: [1, 2]}), layers.flatten()),
    chain(z, layers.prelu(), layers.layerNormalization(), layers.flatten()),
  ];
  const outputs = chain(
    layers.concatenate().apply(both) as Symbolic,
    layers.dense({units: 3, activation: 'softmax'}),
  );
  return tf.model({inputs: x, outputs});
}

function sequences(): tf.LayersModel {
  const inner = tf.sequential({layers: [layers.dense({units: 3, activation: 'tanh', inputShape: [4]})]});
  return tf.sequential({
    layers: [
      layers.embedding({inputDim: 5, outputDim: 4, maskZero: true, inputShape: [6]}),
      layers.bidirectional({layer: layers.lstm({units: 3, returnSequences: true}), mergeMode: 'concat'}),
      layers.timeDistributed({layer: layers.dense({units: 4})}),
      layers.rnn({cell: layers.gruCell({units: 4})}),
      inner,
      layers.repeatVector({n: 4}),
      layers.permute({dims: [2, 1]}),
    ],
  });
}

function volumes(): tf.LayersModel {
  return tf.sequential({
    layers: [
      layers.conv3d({filters: 2, kernelSize: 2, strides: [1, 2, 1], inputShape: [4, 6, 5, 1]}),
      layers.convLstm2d({filters: 2, kernelSize: 2, returnSequences: true}),
      layers.maxPooling3d({poolSize: 2, strides: 1, padding: 'same'}),
      layers.reshape({targetShape: [3, 2, 6]}),
      layers.centerCrop({height: 2, width: 2}),
      layers.globalAveragePooling2d({}),
    ],
  });
}

function graph(): tf.LayersModel {
  const x = tf.input({shape: [4, 6]});
  const y = unaryOp({op: 'exp'}).apply(x) as Symbolic;
  const z = matMulOp({transposeA: false, transposeB: true}).apply([x, y]) as Symbolic;
  const mean = reduceOp({op: 'mean', axes: [2], keepDims: true}).apply(x) as Symbolic;
  const c = binaryOp({op: 'greater'}).apply([z, mean]) as Symbolic;
  const s = selectOp({}).apply([c, z, mean]) as Symbolic;
  const t = chain(
    s,
    scalarOp({op: 'pow', value: 2, valueType: 'float32', isFirst: false}),
    sliceOp({begin: [0, 1, 0], size: [-1, 2, -1]}),
    padOp({
      paddings: [
        [0, 0],
        [1, 0],
        [0, 2],
      ],
      mode: 'reflect',
      value: 0,
    }),
    tileOp({reps: [1, 2, 1]}),
    gatherOp({indices: [2, 0], axis: 2}),
  );
  return tf.model({inputs: x, outputs: [t, argOp({op: 'argMax', axis: 1}).apply(z) as Symbolic]});
}

type Json = Record<string | number, unknown>;

/** The values of a saved model at each place, without those that prediction ignores. */
function places(json: unknown, found: [Json, string][] = []): [Json, string][] {
  if (typeof json !== 'object') return found;
  for (const key of Object.keys(json ?? {})) {
    if (/initializer|regularizer|constraint|trainable|seed/.test(key)) continue;
    found.push([json as Json, key]);
    places((json as Json)[key], found);
  }
  return found;
}

const NASTY = [
  ...[null, -1, 0, 1, 2, 3, 7, 0.5, 65536, 2 ** 24, 2 ** 31, 1e15, 1e308, true, false],
  ...[
    '',
    'same',
    'relu',
    'channels_first',
    'toString',
    'constructor',
    'mean',
    'sum',
    'Dense',
    'LSTM',
    'Flatten',
  ],
  ...[
    [],
    {},
    [-1],
    [2, 2],
    [0, 0, 0],
    [
      [1, 1],
      [1, 1],
    ],
    [[['x', 0, 0]]],
    [null, 3],
    Array(9).fill(2),
  ],
];

interface Change {
  at: number;
  to: number;
}

/** Replaces, removes, swaps or repeats something in a saved model. */
function change(json: object, {at, to}: Change): void {
  const found = places(json);
  // Most of them, and some of the calls and classes.
  const inner = found.filter(([, key]) => !/^(\d+|inbound_nodes|class_name|name)$/.test(key));
  const all = to % 3 === 0 ? found : inner;
  const [parent, key] = all[at % all.length];
  const kind = to % (NASTY.length + 3);
  const [other, otherKey] = all[(at * 7 + to) % all.length];
  if (kind < NASTY.length) parent[key] = structuredClone(NASTY[kind]);
  else if (kind === NASTY.length) delete parent[key];
  else if (kind === NASTY.length + 1) parent[key] = structuredClone(other[otherKey]);
  else if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
}

const sizeOf = (shape: readonly (number | null)[]) =>
  shape.reduce<number>((size, length) => size * (length ?? 3), 1);

/** Numbers for the inputs of a network. */
function inputFor({inputs}: Net, seed: number): Record<string, ShapedInput> {
  const next = generator(seed);
  const each = inputs.map(({name, shape}) => {
    const values = Float32Array.from({length: sizeOf(shape)}, () => 4 * next());
    return [name, {values, shape: shape.map((length) => length ?? 3)}] as const;
  });
  return Object.fromEntries(each);
}

const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];

/** A file with another topology. */
async function withTopology(file: Uint8Array, modelTopology: unknown): Promise<Uint8Array> {
  const {weightData, ...artifacts} = await decodeArtifacts(file);
  const {byteLength: weightBytes} = weightData as ArrayBuffer;
  const text = new TextEncoder().encode(JSON.stringify({...artifacts, weightBytes, modelTopology}));
  const deflated = deflateRawSync(text);
  const body = 25 + new DataView(file.buffer).getUint32(21, true);
  const head = [0, ...u32(text.length), ...u32(deflated.length), ...deflated];
  return resealed(Uint8Array.from([...file.subarray(0, 16), ...head, ...file.subarray(body)]));
}

/** Loads a file and predicts: a message, or 'predicted'. */
async function outcome(file: Uint8Array): Promise<string> {
  const net = await load(file).catch(({message}: Error) => message);
  if (typeof net === 'string') return net;
  const isLarge = [...net.inputs, ...net.outputs].some(({shape}) => sizeOf(shape) > 1e5);
  if (isLarge) return 'predicted';
  const [a, b] = [1, 2].map((seed) => inputFor(net, seed));
  try {
    const predict = (input: typeof a) => JSON.stringify(net.predict<Float32Array>(input));
    const first = predict(a);
    predict(b);
    // Numbers from elsewhere in memory would be others now.
    return predict(a) === first ? 'predicted' : 'load: predicts otherwise the second time: undefined';
  } catch (error) {
    return (error as Error).message.replace(/^predict:/, 'load:');
  } finally {
    net.dispose();
  }
}

describe.each([
  ['images', images],
  ['sequences', sequences],
  ['volumes', volumes],
  ['a converted graph', graph],
])('load() of a model of %s', (_, make) => {
  it('reads the file, or reports the unusable part, whatever its topology has', async () => {
    const model = make();
    randomize(model, 0.5);
    const file = await encode(model);
    const {modelTopology} = await decodeArtifacts(file);
    expect(await outcome(await withTopology(file, modelTopology))).toBe('predicted');
    const changes = fc.array(fc.record({at: fc.nat(1e6), to: fc.nat(1e6)}), {minLength: 1, maxLength: 3});
    let loaded = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (all) => {
        const changed = structuredClone(modelTopology) as object;
        for (const one of all) change(changed, one);
        const result = await outcome(await withTopology(file, changed));
        if (result === 'predicted') loaded++;
        else if (!isClear(result)) throw new Error(result);
      }),
      {numRuns: 400},
    );
    // Most changes do matter, and many do not.
    expect(loaded).toBeGreaterThan(10);
  });
});

/** A small network with each kind of values, and several codings of positions. */
async function manyWays(): Promise<Uint8Array> {
  const model = tf.sequential({
    layers: [
      layers.dense({units: 5, inputShape: [3]}),
      ...[7, 6, 6].map((units) => layers.dense({units, activation: 'relu'})),
    ],
  });
  randomize(model, 0.6);
  const values = ['float32', 'float16', 'int8', {bits: 2}] as const;
  let kernels = 0;
  const file = await encode(model, {values: ({shape}) => values[shape.length > 1 ? kernels++ % 4 : 0]});
  const {modelTopology} = await decodeArtifacts(file);
  const {class_name, config} = modelTopology as {class_name: string; config: {layers: Json[]}};
  const plain = config.layers.map(({class_name: name, config: all}) => {
    const {name: layer, batch_input_shape, activation} = all as Json;
    return {class_name: name, config: {name: layer, batch_input_shape, activation}};
  });
  return withTopology(file, {class_name, config: {layers: plain}});
}

describe('load()', () => {
  it('reports every shorter file with matching length and checksum', async () => {
    const file = await manyWays();
    expect(await outcome(file)).toBe('predicted');
    for (let length = 16; length < file.length; length++)
      expect(await outcome(resealed(file.subarray(0, length)))).toMatch(
        /^load: cannot read the file: .+ again$/,
      );
  });

  it('reads every file with a changed byte and a matching checksum, or reports it', async () => {
    const file = await manyWays();
    const unclear = [];
    for (let i = 16; i < file.length; i++) {
      const broken = file.slice();
      broken[i] ^= 1 + ((i * 89) % 255);
      const result = await outcome(resealed(broken));
      if (result !== 'predicted' && !isClear(result)) unclear.push({i, result});
    }
    expect(unclear).toEqual([]);
  });

  const layer = (class_name: string, name: string, config: object = {}, ...inbound: string[]) => ({
    ...{class_name, name, config: {name, ...config}},
    inbound_nodes: inbound.length === 0 ? [] : [inbound.map((one) => [one, 0, 0])],
  });
  const model = (inputs: object, ...all: ReturnType<typeof layer>[]) => ({
    class_name: 'Model',
    config: {name: 'm', layers: all, ...inputs},
  });
  const input = (...shape: number[]) => layer('InputLayer', 'x', {batch_input_shape: [null, ...shape]});
  const ends = {input_layers: [['x', 0, 0]], output_layers: [['y', 0, 0]]};

  /** A model that calls another one twice, and so on, and does nothing else. */
  const doubling = (levels: number): object => {
    const first = levels === 0 ? layer('Flatten', 'n', {}, 'x') : {...doubling(levels - 1), name: 'n'};
    const twice = [[['x', 0, 0]], [['n', levels === 0 ? 0 : 1, 0]]];
    const inner = {
      ...first,
      inbound_nodes: twice,
      config: {...(first as {config: object}).config, name: 'n'},
    };
    const config = {
      name: 'm',
      layers: [input(4), inner],
      ...ends,
      output_layers: [['n', levels === 0 ? 1 : 2, 0]],
    };
    return {class_name: 'Model', config};
  };

  it.each<[string, object, string]>([
    [
      'a cycle',
      model(ends, input(4), layer('Add', 'y', {}, 'x', 'z'), layer('Flatten', 'z', {}, 'y')),
      'load: nothing computes "y/0"',
    ],
    [
      'a missing layer',
      model(ends, input(4), layer('Add', 'y', {}, 'x', 'z')),
      'load: the model has no layer "z"',
    ],
    [
      'more memory than there may be',
      model(ends, input(2 ** 10), layer('RepeatVector', 'y', {n: 2 ** 24}, 'x')),
      'load: the layer "y" (RepeatVector)',
    ],
    [
      'a sum of more memory than there may be',
      model(ends, input(2 ** 24, 32), layer('Permute', 'y', {dims: [2, 1]}, 'x')),
      'load: the network needs ',
    ],
    [
      'an image of many pixels',
      model(ends, input(2 ** 24, 2 ** 24, 2 ** 24), layer('Flatten', 'y', {}, 'x')),
      'load: the network needs ',
    ],
    ['models that call others twice on each level', doubling(40), 'load: the layer "n" (Model)'],
  ])('reports %s', async (_, topology, message) => {
    const file = await withTopology(await manyWays(), topology);
    const result = await outcome(file);
    expect(result).toContain(message);
    expect(isClear(result)).toBe(true);
  });
});
