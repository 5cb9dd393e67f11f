import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  compactReport,
  decode,
  encode,
  type PrunableLayer,
  prune,
  report,
  strip,
} from 'tfjs-pruning';
import {declareLayer, makePrunable, mixesChannels, passesChannels, prunableDense} from 'tfjs-pruning/layers';
import {examplesIn, run} from '../support/examples';
import {Gated, gatedKind, PrunableGated} from '../support/gated';
import {masksOf, outputsOf, seeded} from '../support/models';

type Inputs = tf.Tensor | tf.Tensor[];
const first = (inputs: Inputs) => [inputs].flat()[0];

/** cos(x), which maps 0 to 1. */
class Cosine extends tf.layers.Layer {
  static className = 'Cosine';
  override call = (inputs: Inputs) => tf.cos(first(inputs));
}
declareLayer(Cosine, {propagation: passesChannels()});

/** Multiplies each channel by an element. */
class Scales extends tf.layers.Layer {
  static className = 'Scales';
  declare factors: tf.LayerVariable;
  override build(shape: tf.Shape): void {
    this.factors = this.addWeight('f', [shape[1]], 'float32', seeded(7));
    super.build(shape);
  }
  override call(inputs: Inputs): tf.Tensor {
    return tf.mul(first(inputs), this.factors.read());
  }
}

const x = tf.randomNormal([5, 6], 0, 1, 'float32', 9);

function network(...between: tf.layers.Layer[]): tf.Sequential {
  return tf.sequential({
    layers: [
      prunableDense({units: 10, inputShape: [6], kernelInitializer: seeded(5), biasInitializer: seeded(8)}),
      ...between,
      prunableDense({units: 3, kernelInitializer: seeded(6)}),
    ],
  });
}

const sizes = (model: tf.LayersModel) => model.layers.map(({outputShape}) => outputShape[1]);

function expectSameOutputs(one: tf.LayersModel, other: tf.LayersModel): void {
  const expected = outputsOf(other, x);
  for (const [i, value] of outputsOf(one, x).entries()) expect(value).toBeCloseTo(expected[i], 5);
}

it('channel() prunes two kernels that share their channels together, with their biases', async () => {
  const model = network(new PrunableGated({units: 8}));
  await prune(model, 0.5, {pattern: channel()});
  const layer = model.layers[1] as tf.layers.Layer & PrunableLayer;
  const columns = layer.prunableWeights().map(({mask}) => [...tf.any(mask, 0).dataSync()]);
  const biases = layer.perChannelWeights().map(({mask}) => [...mask.dataSync()]);
  expect(columns[0].filter(Boolean)).toHaveLength(4);
  expect([columns[1], ...biases]).toEqual([columns[0], columns[0], columns[0]]);
});

it('compact() removes the channels of a custom layer, and those before it', async () => {
  const model = network(new PrunableGated({units: 8}));
  await prune(model, 0.5, {pattern: channel()});
  const small = await compact(model);
  expect(sizes(small)).toEqual([5, 4, 3]);
  expect(small.layers[1].getClassName()).toBe('Gated');
  expect(small.layers[1].getConfig().units).toBe(4);
  expectSameOutputs(small, model);
});

it('compact() keeps a channel if one of its two kernels remains', async () => {
  const model = network(new PrunableGated({units: 8}));
  const [, , kernel] = report(model).weights.map(({name}) => name);
  expect(kernel).toMatch(/gateKernel$/);
  const [, gated] = model.layers;
  const mask = (gated as tf.layers.Layer & PrunableLayer).prunableWeights()[1].mask;
  mask.assign(tf.zeros(mask.shape, 'bool'));
  const small = await compact(model);
  expect(sizes(small)).toEqual([10, 8, 3]);
  expectSameOutputs(small, model);
});

it.each([
  ['an activation that makes something else of 0', () => new Cosine({})],
  [
    'an element per channel',
    () => {
      declareLayer(Scales, {perChannel: ['factors'], propagation: passesChannels()});
      return new Scales({});
    },
  ],
])('compact() removes channels through a declared layer: %s', async (_, make) => {
  const model = network(make());
  await prune(model, 0.5, {pattern: channel()});
  const small = await compact(model);
  expect(sizes(small)).toEqual([5, 5, 3]);
  expectSameOutputs(small, model);
});

it('compact() rejects a custom layer whose weights are all pruned, for any names of its biases', async () => {
  const model = network(new PrunableGated({units: 8, name: 'gated'}));
  for (const {mask} of (model.layers[1] as tf.layers.Layer & PrunableLayer).prunableWeights()) {
    mask.assign(tf.zeros(mask.shape, 'bool'));
  }
  await expect(compact(model)).rejects.toThrow('compact: all weights of layer "gated" are pruned');
});

describe('compact() with declared biases of a custom layer', () => {
  let classes = 0;
  const withBiases = (biases: Record<string, string>) => {
    class Biased extends Gated {
      static override className = `Biased${classes++}`;
    }
    return makePrunable(Biased, {...gatedKind, propagation: mixesChannels({biases})});
  };
  const both = {kernel: 'bias', gateKernel: 'gateBias'};

  it('adds constant inputs to them', async () => {
    // A pruned channel is 1 after the cosine.
    const model = network(new Cosine({}), new (withBiases(both))({units: 8}));
    await prune(model, 0.5, {pattern: channel(), where: [model.layers[0].name]});
    const small = await compact(model);
    expect(sizes(small)).toEqual([5, 5, 8, 3]);
    expectSameOutputs(small, model);
  });

  it('keeps constant inputs of a weight without one', async () => {
    const model = network(new Cosine({}), new (withBiases({kernel: 'bias'}))({units: 8}));
    await prune(model, 0.5, {pattern: channel(), where: [model.layers[0].name]});
    const small = await compact(model);
    expect(sizes(small)).toEqual([10, 10, 8, 3]);
    expectSameOutputs(small, model);
  });

  it.each([
    ['a bias that the kind does not declare', {kernel: 'b'}, 'b with the outputs of a weight kernel'],
    ['a weight that the kind does not declare', {K: 'bias'}, 'bias with the outputs of a weight K'],
  ])('names %s, and keeps all channels', async (_, biases, text) => {
    const model = network(new (withBiases(biases))({units: 8}));
    await prune(model, 0.5, {pattern: channel()});
    const small = await compact(model);
    expect(sizes(small)).toEqual([10, 8, 3]);
    const reasons = compactReport(small).whole.map(({reason}) => reason);
    expect(reasons).toContain(`its kind does not declare a bias ${text}`);
    expectSameOutputs(small, model);
  });
});

it('compact() names a weight missing in the kind of a layer, and keeps its channels', async () => {
  declareLayer(Scales, {propagation: passesChannels()});
  const model = network(new Scales({name: 'scales'}));
  await prune(model, 0.5, {pattern: channel()});
  const small = await compact(model);
  expect(sizes(small)).toEqual([10, 10, 3]);
  const reasons = compactReport(small).whole.map(({reason}) => reason);
  expect(reasons).toContain('its kind does not declare the weight scales/f');
  expectSameOutputs(small, model);
});

it('a subclass does not inherit the channel rule of its base', async () => {
  class Reversed extends Cosine {
    static override className = 'Reversed';
    override call = (inputs: Inputs) => tf.reverse(first(inputs), 1);
  }
  const model = network(new Reversed({}));
  await prune(model, 0.5, {pattern: channel()});
  expect(sizes(await compact(model))).toEqual([10, 10, 3]);
});

it('compact() rejects a declared layer with an incomplete configuration', async () => {
  class Power extends tf.layers.Layer {
    static className = 'Power';
    readonly exponent: number;
    constructor(config: {exponent?: number} = {}) {
      super(config as object);
      this.exponent = config.exponent ?? 1;
    }
    override call = (inputs: Inputs) => tf.pow(tf.abs(first(inputs)), this.exponent);
  }
  declareLayer(Power, {propagation: passesChannels()});
  const model = network(new Power({exponent: 3}));
  await prune(model, 0.5, {pattern: channel()});
  await expect(compact(model)).rejects.toThrow(/Power.*has a copy with other outputs/);
});

it('report() and compact() count the same multiplications of a custom layer, with and without masks', async () => {
  const model = network(new PrunableGated({units: 8}));
  const macs = 6 * 10 + 2 * 10 * 8 + 8 * 3;
  const {before, after} = compactReport(await compact(model));
  expect([report(model).total.macs, before.macs, after.macs]).toEqual([macs, macs, macs]);
  expect(report(await strip(model)).total.macs).toBe(macs);
});

it('encode() accepts a custom layer with any names of variables', async () => {
  const model = network(new PrunableGated({units: 8}));
  await prune(model, 0.6);
  const decoded = await decode(await encode(model));
  expect(decoded.layers[1].getClassName()).toBe('Gated');
  expect(outputsOf(decoded, x)).toEqual(outputsOf(model, x));
  expect(masksOf(model)).toHaveLength(4);
});

it('a mask is named after its variable', () => {
  const layer = network(new PrunableGated({units: 8})).layers[1];
  const masks = layer.weights.filter(({dtype}) => dtype === 'bool').map(({originalName}) => originalName);
  const name = (variable: string) => `${layer.name}/${variable}_mask`;
  expect(masks).toEqual(['K', 'gates', 'b', 'x_y'].map(name));
});

const axes = {output: 1, input: 0};
it.each([
  [{weights: {kernel: {axes, gate: 2}}}, 'the layout of kernel: unknown option "gate"'],
  [{weights: {kernel: {axes: {output: 1, inputs: 0}}}}, 'axes of kernel: unknown option "inputs"'],
  [
    {weights: {kernel: {axes: {output: 1}}}},
    'axes.input of kernel must be a whole number from 0, got undefined',
  ],
  [
    {weights: {kernel: {axes: {output: -1, input: 0}}}},
    'axes.output of kernel must be a whole number from 0, got -1',
  ],
  [{weights: {kernel: {axes, gates: 0}}}, 'gates of kernel must be a whole number from 1, got 0'],
  [{weights: {kernel: {axes, uses: 3}}}, 'uses of kernel must be a function, got 3'],
  [
    {weights: {kernel: {axes}}, perChannel: 'bias'},
    `perChannel must be a list of fields, as ['bias'], got "bias"`,
  ],
  [
    {weights: {kernel: {axes}}, propagation: mixesChannels},
    'propagation must be a rule for a call, as mixesChannels(), got the function mixesChannels; call it',
  ],
  [
    {weights: {kernel: {axes}}, propagation: 'mixes'},
    'propagation must be a rule for a call, as mixesChannels(), got "mixes"',
  ],
  [{weights: {kernel: {axes}}, product: {}}, 'product must be a function, got an object without properties'],
])('makePrunable() and declareLayer() reject the kind %j', (kind, message) => {
  expect(() => makePrunable(Gated, kind as never)).toThrow(`makePrunable: ${message}`);
  expect(() => declareLayer(Gated, kind as never)).toThrow(`declareLayer: ${message}`);
});

it('makePrunable() and declareLayer() reject invalid kinds and classes', () => {
  expect(() => declareLayer({} as never, {})).toThrow(
    'declareLayer: the class must be a class of layers with a static className, got an object',
  );
  const Dense = tf.serialization.SerializationMap.getMap().classNameMap.Dense[0];
  expect(() => declareLayer(Dense as never, {})).toThrow('declareLayer: Dense is a class of tfjs');
  expect(() => declareLayer(Cosine, 3 as never)).toThrow('declareLayer: the kind must be an object');
  expect(() => makePrunable(Gated, {weights: {kernel: {} as never}})).toThrow(
    'makePrunable: the layout of kernel must be an object with axes',
  );
  const Wrong = makePrunable(
    class Other extends Cosine {
      static override className = 'Other';
    },
    {weights: {core: {axes: {output: 1, input: 0}}}},
  );
  expect(() => new Wrong({}).apply(tf.zeros([1, 2]))).toThrow(
    'makePrunable: the kind of Other names the weight core, which build() does not make',
  );
});

it('docs/custom-layers.md has examples that run as printed', async () => {
  const log = jest.spyOn(console, 'log').mockImplementation();
  const made: Record<string, unknown> = {};
  for (const [, code] of examplesIn('docs/custom-layers.md')) {
    const declared = ['small', 'bytes', 'Reverse'].filter((name) =>
      new RegExp(`(const|class) ${name}\\b`).test(code),
    );
    Object.assign(made, await run(code, {}, declared));
  }
  const {small, bytes, Reverse} = made;
  log.mockRestore();
  expect(sizes(small as tf.LayersModel)).toEqual([8, 8, 6, 6, 3]);
  expect((bytes as Uint8Array).length).toBeGreaterThan(0);
  const model = network(new (Reverse as typeof Cosine)({}));
  await prune(model, 0.5, {pattern: channel()});
  const reversed = await compact(model);
  expect(sizes(reversed)).toEqual([5, 5, 3]);
  expectSameOutputs(reversed, model);
});
