import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  compactReport,
  decode,
  element,
  encode,
  prune,
  report,
  sparsify,
  strip,
} from 'tfjs-pruning';
import {makePrunable, mixesChannels, type Product, prunableDense} from 'tfjs-pruning/layers';
import {PrunableGated} from '../support/gated';
import {outputsOf, seeded} from '../support/models';
import {numbers, restartWasm} from '../wasm/backends';

type Inputs = tf.Tensor | tf.Tensor[];
type Config = {units: number; inputShape?: number[]};

beforeAll(restartWasm);
afterAll(() => tf.setBackend('cpu'));

const relu = {getClassName: () => 'relu', apply: (x: tf.Tensor) => tf.relu(x)};

/** relu(x · matrix + offset): a dense layer in other words. */
class Affine extends tf.layers.Layer {
  static className = 'Affine';
  readonly units: number;
  declare matrix: tf.LayerVariable;
  declare offset: tf.LayerVariable;

  constructor(config: Config) {
    super(config as object);
    this.units = config.units;
  }

  override build(shape: tf.Shape): void {
    this.matrix = this.addWeight('M', [shape[1] as number, this.units], 'float32', seeded(11));
    this.offset = this.addWeight('o', [this.units], 'float32', seeded(12));
    super.build(shape);
  }

  override call(inputs: Inputs): tf.Tensor {
    const [x] = [inputs].flat();
    return tf.tidy(() => tf.relu(tf.add(tf.matMul(x, this.matrix.read()), this.offset.read())));
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return [shape[0], this.units];
  }

  override getConfig() {
    return {...super.getConfig(), units: this.units};
  }
}

/** A product of matrices is a window of 1 × 1. */
function product(layer: tf.layers.Layer): Product {
  const {matrix, offset} = layer as Affine;
  const [channels, filters] = matrix.shape as number[];
  const steps = {rowStep: 1, columnStep: 1, rowDilation: 1, columnDilation: 1};
  const window = {
    rows: 1,
    columns: 1,
    channels,
    filters,
    ...steps,
    padding: 'valid',
    isDepthwise: false,
  } as const;
  return {kernel: matrix, bias: offset, activation: relu, window};
}

const kind = {
  weights: {matrix: {axes: {output: 1, input: 0}}},
  perChannel: ['offset'],
  propagation: mixesChannels({biases: {matrix: 'offset'}}),
};
const PrunableAffine = makePrunable(Affine, {...kind, product});
class Silent extends Affine {
  static override className = 'Silent';
}
const PrunableSilent = makePrunable(Silent, kind);

function expectSameOutputs(one: tf.LayersModel, other: tf.LayersModel, x: tf.Tensor): void {
  const [found, expected] = [outputsOf(one, x), outputsOf(other, x)];
  const largest = Math.max(...expected.map(Math.abs));
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-5 * largest);
}

const runsOf = (model: tf.LayersModel) => report(model).weights.map(({runs}) => runs);

describe('sparsify of a custom layer', () => {
  const pruned = async (Layer: typeof PrunableAffine) => {
    const model = tf.sequential({layers: [new Layer({units: 256, inputShape: [512]}) as tf.layers.Layer]});
    await prune(model, 0.95, {pattern: element()});
    return model;
  };

  it.each([1, 7])(
    'computes the product that its kind declares with its nonzeros, for a batch of %i',
    async (batch) => {
      const model = await pruned(PrunableAffine);
      const fast = await sparsify(model);
      expectSameOutputs(fast, model, numbers([batch, 512], 3));
      expect(runsOf(fast)[0]).toMatch(/^sparse, in \d+ % of the time of dense$/);
    },
  );

  it('computes with the nonzeros of weights that are set later', async () => {
    const [model, other] = [await pruned(PrunableAffine), await pruned(PrunableAffine)];
    const fast = await sparsify(model);
    const doubled = (await strip(other)).getWeights().map((weight) => tf.mul(weight, 2));
    fast.setWeights(doubled);
    const plain = await strip(model);
    plain.setWeights(doubled);
    expectSameOutputs(fast, plain, numbers([2, 512], 4));
  });

  it('leaves a layer whose kind declares no product as it is', async () => {
    const model = await pruned(PrunableSilent as typeof PrunableAffine);
    const fast = await sparsify(model);
    expectSameOutputs(fast, model, numbers([2, 512], 5));
    expect(runsOf(fast)).not.toContainEqual(expect.stringMatching(/^sparse/));
  });
});

it('a layer of two kernels that share channels keeps its outputs through prune, compact, sparsify, encode and decode', async () => {
  const model = tf.sequential({
    layers: [
      prunableDense({units: 24, inputShape: [12], kernelInitializer: seeded(1), biasInitializer: seeded(2)}),
      new PrunableGated({units: 16}) as tf.layers.Layer,
      new PrunableAffine({units: 20}) as tf.layers.Layer,
      prunableDense({units: 5, kernelInitializer: seeded(3)}),
    ],
  });
  const x = numbers([9, 12], 6);
  const dense = report(model).total.macs;
  await prune(model, 0.5, {pattern: channel()});
  await prune(model, 0.6);
  const small = await compact(model);
  expect(small.layers.map(({outputShape}) => outputShape[1])).toEqual([12, 8, 10, 5]);
  expectSameOutputs(small, model, x);
  const fast = await sparsify(small);
  expectSameOutputs(fast, model, x);
  const decoded = await decode(await encode(fast));
  expect(decoded.layers.map((layer) => layer.getClassName())).toEqual(['Dense', 'Gated', 'Affine', 'Dense']);
  expectSameOutputs(decoded, model, x);
  const macs = (units: number[]) =>
    12 * units[0] + 2 * units[0] * units[1] + units[1] * units[2] + 5 * units[2];
  expect(compactReport(small).before.macs).toBe(macs([24, 16, 20]));
  expect(compactReport(small).after.macs).toBe(macs([12, 8, 10]));
  expect(dense).toBe(macs([24, 16, 20]));
  expect(report(decoded).total.macs).toBe(report(small).total.macs);
});
