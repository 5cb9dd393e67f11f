import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, prunableWeights, prune} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {seeded} from '../support/models';
import {saveAndLoad} from '../support/saving';

const {layers} = tf;
type Layer = tf.layers.Layer;
type Symbolic = tf.SymbolicTensor;
const apply = (layer: Layer, input: Symbolic | Symbolic[]) => layer.apply(input) as Symbolic;

const FILTERS = 12;
const CONSTANT = 5;

/** The arguments of a convolution whose biases differ clearly from 0 and from each other. */
const filtersOf = (filters: number, rest: object = {}) => ({
  filters,
  kernelSize: 3,
  kernelInitializer: seeded(filters),
  biasInitializer: tf.initializers.randomUniform({minval: 0.2, maxval: 1, seed: filters}),
  ...rest,
});
const first = (rest: object = {}) => layers.conv2d({...filtersOf(FILTERS, rest), name: 'first'});
const padded = (name = 'second', rest: object = {}) =>
  layers.conv2d({name, ...filtersOf(3, {padding: 'same', ...rest})});

const separable = ({kernelInitializer, ...rest}: ReturnType<typeof filtersOf>) =>
  layers.separableConv2d({...rest, depthwiseInitializer: kernelInitializer, pointwiseInitializer: seeded(2)});

/** Masks the kernels of the first channels of a layer but not the biases, so that the channels are constant. */
function maskKernel(model: tf.LayersModel, layer = 'first', count = CONSTANT): void {
  for (const {value, mask} of prunableWeights(model).filter((weight) => weight.layer === layer)) {
    const last = value.shape[value.shape.length - 1];
    const bits = Array.from({length: value.size}, (_, i) => +(i % last >= count));
    tf.tidy(() => mask.assign(tf.tensor(bits, value.shape, 'bool')));
  }
}

async function compacted(plain: tf.LayersModel, masked = ['first']) {
  const model = await prunable(plain);
  for (const layer of masked) maskKernel(model, layer);
  const small = await compact(model);
  expect(difference(model, small)).toBeLessThan(1e-5);
  const counts = Object.fromEntries(compactReport(small).layers.map(({layer, after}) => [layer, after]));
  return {model, small, counts};
}

const sequence = (shape: number[], ...all: Layer[]) =>
  tf.sequential({layers: [layers.inputLayer({inputShape: shape}), ...all, layers.flatten()]});
const image = [7, 6, 2];
const remain = FILTERS - CONSTANT;

it.each([
  ['sigmoid'],
  ['hardSigmoid'],
  ['softplus'],
  ['swish'],
  ['elu'],
  ['selu'],
  ['tanh'],
  ['relu'],
  ['gelu'],
  ['linear'],
])('compact() keeps one of the constants of %s before a padded convolution', async (activation) => {
  const {counts} = await compacted(
    sequence(image, first(), layers.activation({activation: activation as 'relu'}), padded()),
  );
  expect(counts.first).toBe(remain + 1);
});

it.each<[string, () => Layer[]]>([
  ['a batch norm', () => [layers.batchNormalization({betaInitializer: seeded(4)})]],
  [
    'a batch norm and a sigmoid',
    () => [layers.batchNormalization(), layers.activation({activation: 'sigmoid'})],
  ],
  ['a batch norm without scale', () => [layers.batchNormalization({scale: false})]],
  ['LeakyReLU', () => [layers.leakyReLU()]],
  ['PReLU', () => [layers.prelu({alphaInitializer: seeded(4), sharedAxes: [1, 2]})]],
  ['a pooling', () => [layers.maxPooling2d({poolSize: 2, strides: 1}), layers.upSampling2d({size: [2, 2]})]],
  ['a depthwise convolution', () => [layers.depthwiseConv2d({kernelSize: 2, biasInitializer: 'ones'})]],
])('compact() keeps one of the constants after %s before a padded convolution', async (_, make) => {
  const {counts} = await compacted(sequence(image, first(), ...make(), padded()));
  expect(counts.first).toBe(remain + 1);
});

const film = [2, 6, 5, 2];
const volume = {kernelSize: 2, padding: 'same'};
const perStep = (layer: Layer, name: string) => layers.timeDistributed({layer: layer as never, name});
it.each<[string, number[], Layer, () => Layer, number]>([
  ['strides', image, first(), () => padded('second', {strides: 2}), 1],
  ['dilation', image, first(), () => padded('second', {dilationRate: 2}), 1],
  ['no bias', image, first(), () => padded('second', {useBias: false}), 1],
  [
    'channels first',
    [2, 7, 6],
    first({dataFormat: 'channelsFirst'}),
    () => padded('second', {dataFormat: 'channelsFirst'}),
    1,
  ],
  [
    'a valid transposed convolution',
    image,
    first(),
    () => layers.conv2dTranspose(filtersOf(3, {strides: 2})),
    1,
  ],
  [
    'a padded transposed convolution',
    image,
    first(),
    () => layers.conv2dTranspose(filtersOf(3, {strides: 2, padding: 'same'})),
    1,
  ],
  [
    'one dimension',
    [9, 2],
    layers.conv1d({...filtersOf(FILTERS), name: 'first'}),
    () => layers.conv1d(filtersOf(3, {padding: 'same'})),
    1,
  ],
  [
    'three dimensions',
    [4, 4, 5, 2],
    layers.conv3d({...filtersOf(FILTERS, volume), name: 'first'}),
    () => layers.conv3d(filtersOf(3, volume)),
    1,
  ],
  [
    'a layer per time step',
    film,
    perStep(layers.conv2d(filtersOf(FILTERS)), 'first'),
    () => perStep(padded(), 'second'),
    1,
  ],
  [
    'a recurrent convolution',
    film,
    perStep(layers.conv2d(filtersOf(FILTERS)), 'first'),
    () => layers.convLstm2d(filtersOf(3, {padding: 'same'}) as never) as Layer,
    1,
  ],
  // Each filter of a carrier selects one of 9 or of 4 positions.
  [
    'a separable convolution with 3 filters per channel',
    image,
    first(),
    () => separable(filtersOf(4, {padding: 'same', depthMultiplier: 3, strides: 2})),
    3,
  ],
  [
    'a separable convolution of 2 × 2',
    image,
    first(),
    () => separable(filtersOf(4, {padding: 'same', kernelSize: 2})),
    4,
  ],
  [
    'a separable convolution with more positions than constants',
    image,
    first(),
    () => separable(filtersOf(4, {padding: 'same'})),
    CONSTANT,
  ],
])(
  'compact() with %s keeps the fewest constants that can represent all',
  async (_, shape, one, other, carriers) => {
    const {counts, small} = await compacted(sequence(shape, one, other()));
    expect(counts.first).toBe(remain + carriers);
    expect(difference(await saveAndLoad(small), small)).toBe(0);
  },
);

describe('with zero padding compact() keeps constants:', () => {
  const pad = () =>
    layers.zeroPadding2d({
      padding: [
        [1, 0],
        [2, 1],
      ],
    });
  const valid = (kernelSize: number) => layers.conv2d(filtersOf(3, {kernelSize}));

  it.each<[string, () => Layer[], number]>([
    ['one of them before a valid convolution', () => [pad(), valid(3)], 1],
    ['one of them before a padded convolution', () => [pad(), padded()], 1],
    ['one of them before a 1 × 1 convolution', () => [pad(), valid(1)], 1],
    ['one of them before a dense layer at each position', () => [pad(), layers.dense({units: 3})], 1],
    ['one of them through layers that keep zeros', () => [pad(), layers.elu(), pad(), valid(3)], 1],
    [
      'each of them before a sigmoid',
      () => [pad(), layers.activation({activation: 'sigmoid'}), valid(3)],
      CONSTANT,
    ],
    [
      'each of them before a norm',
      () => [pad(), layers.batchNormalization({betaInitializer: 'ones'}), valid(3)],
      CONSTANT,
    ],
    ['each of them before a pooling', () => [pad(), layers.maxPooling2d({poolSize: 2}), valid(2)], CONSTANT],
    [
      'each of them before a depthwise convolution',
      () => [pad(), layers.depthwiseConv2d({kernelSize: 2}), valid(2)],
      CONSTANT,
    ],
    [
      'each of them before a flatten',
      () => [pad(), layers.flatten(), layers.dense({units: 3}), layers.reshape({targetShape: [3, 1]})],
      CONSTANT,
    ],
  ])('%s', async (_, make, carriers) => {
    const {counts} = await compacted(sequence(image, first(), ...make()));
    expect(counts.first).toBe(remain + carriers);
  });

  it.each([
    ['one for branches with the same borders', [1, 1], 2 * remain + 1],
    ['one for each of branches with different borders', [1, 2], 2 * FILTERS],
  ])('%s', async (_, paddings, count) => {
    const input = tf.input({shape: image});
    const branches = ['left', 'right'].map((name, i) => {
      const made = apply(layers.conv2d(filtersOf(FILTERS, {name})), input);
      const sides = apply(layers.zeroPadding2d({padding: paddings[i]}), made);
      return paddings[i] === 1
        ? sides
        : apply(
            layers.cropping2D({
              cropping: [
                [1, 1],
                [1, 1],
              ],
            }),
            sides,
          );
    });
    const joined = apply(padded('last'), apply(layers.concatenate(), branches));
    const model = tf.model({inputs: input, outputs: apply(layers.flatten(), joined)});
    const {counts} = await compacted(model, ['left', 'right']);
    expect(counts.left + counts.right).toBe(count);
  });

  it('one of them for a convolution that is also called without padding', async () => {
    const input = tf.input({shape: image});
    const start = apply(first(), input);
    const shared = valid(1);
    const outputs = [start, apply(pad(), start)].map((x) => apply(layers.flatten(), apply(shared, x)));
    const {counts} = await compacted(tf.model({inputs: input, outputs}));
    expect(counts.first).toBe(remain + 1);
  });
});

it('compact() keeps one constant channel for each of four convolutions before sigmoids', async () => {
  const conv = (i: number) => [
    layers.conv2d(filtersOf(16, {name: `conv${i}`, padding: 'same', useBias: false})),
    layers.batchNormalization({betaInitializer: seeded(i + 1), movingMeanInitializer: seeded(i + 2)}),
    layers.activation({activation: 'sigmoid'}),
  ];
  const model = await prunable(
    sequence(
      image,
      ...[0, 1, 2, 3].flatMap(conv),
      layers.globalAveragePooling2d({}),
      layers.repeatVector({n: 1}),
    ),
  );
  await prune(model, 0.5, {pattern: channel(), where: [0, 1, 2, 3].map((i) => `conv${i}`)});
  const small = await compact(model);
  expect(compactReport(small).layers.map(({after}) => after)).toEqual([9, 9, 9, 16]);
  expect(compactReport(small).whole).toContainEqual({
    layer: 'conv1',
    reason: '1 of 8 constant input channels stays: at the borders it adds less than a bias would',
  });
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() keeps one constant for all layers that consume it', async () => {
  const input = tf.input({shape: image});
  const start = apply(first(), input);
  const one = apply(padded('one', {filters: 4}), start);
  const two = apply(padded('two', {filters: 4}), apply(layers.concatenate(), [one, start]));
  const three = apply(padded('three', {filters: 4}), apply(layers.concatenate(), [start, two, one]));
  const {counts} = await compacted(tf.model({inputs: input, outputs: apply(layers.flatten(), three)}));
  expect(counts.first).toBe(remain + 1);
});

it('compact() keeps one carrier for the constants of several branches into one convolution', async () => {
  const input = tf.input({shape: image});
  const branches = ['left', 'right'].map((name) => apply(layers.conv2d(filtersOf(FILTERS, {name})), input));
  const joined = apply(padded('last'), apply(layers.concatenate(), branches));
  const {counts} = await compacted(tf.model({inputs: input, outputs: apply(layers.flatten(), joined)}), [
    'left',
    'right',
  ]);
  expect(counts.left + counts.right).toBe(2 * remain + 1);
});

it('compact() uses a constant that a sum needs anyway as the carrier of others', async () => {
  const input = tf.input({shape: image});
  const [one, other] = ['first', 'other'].map((name) =>
    apply(layers.conv2d(filtersOf(FILTERS, {name})), input),
  );
  const sum = apply(layers.conv2d({...filtersOf(2), name: 'valid'}), apply(layers.add(), [one, other]));
  const side = apply(padded('side'), one);
  const {counts} = await compacted(
    tf.model({inputs: input, outputs: [sum, side].map((tensor) => apply(layers.flatten(), tensor))}),
  );
  expect(counts.first).toBe(FILTERS);
  expect(counts.other).toBe(FILTERS);
});

it('compact() keeps constants that differ between the calls of a layer', async () => {
  const input = tf.input({shape: image});
  const shared = padded('shared');
  const branches = ['left', 'right'].map((name, i) =>
    apply(layers.conv2d(filtersOf(FILTERS, {name, biasInitializer: seeded(i + 8)})), input),
  );
  const outputs = branches.map((branch) => apply(layers.flatten(), apply(shared, branch)));
  const {counts} = await compacted(tf.model({inputs: input, outputs}), ['left', 'right']);
  expect(counts).toMatchObject({left: FILTERS, right: FILTERS});
});

it('compact() does not carry large constants by a small one', async () => {
  const plain = sequence(image, first(), padded());
  const model = await prunable(plain);
  const bias = model.getLayer('first').weights[1].read() as tf.Variable;
  bias.assign(tf.tensor([1e-30, 1e3, 1, 2, 3, ...Array(remain).fill(0)]));
  maskKernel(model);
  const small = await compact(model);
  expect(difference(model, small)).toBeLessThan(1e-5);
  expect((small.getLayer('first').getWeights()[1].dataSync() as Float32Array)[0]).toBe(1e3);
});
