import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, prune} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {seeded} from '../support/models';

type Make = (name: string) => tf.layers.Layer;
const {layers} = tf;

const conv2d =
  (filters: number, rest: object = {}): Make =>
  (name) =>
    layers.conv2d({
      name,
      filters,
      kernelSize: 2,
      kernelInitializer: seeded(name.length),
      biasInitializer: seeded(filters),
      ...rest,
    });
const dense =
  (units: number, rest: object = {}): Make =>
  (name) =>
    layers.dense({
      name,
      units,
      kernelInitializer: seeded(name.length),
      biasInitializer: seeded(units),
      ...rest,
    });
const recurrent = {kernelInitializer: seeded(2), recurrentInitializer: seeded(3), returnSequences: true};
const first = {dataFormat: 'channelsFirst' as const};

/** The layers between two layers with channels, and the number of channels of the first one before and after. */
const images: [string, Make, Make, Make[]][] = [
  ['nothing', conv2d(4), conv2d(2), []],
  ['an activation', conv2d(4), conv2d(2), [() => layers.activation({activation: 'tanh'})]],
  ['ReLU', conv2d(4), conv2d(2), [() => layers.reLU()]],
  ['LeakyReLU', conv2d(4), conv2d(2), [() => layers.leakyReLU()]],
  ['ELU', conv2d(4), conv2d(2), [() => layers.elu()]],
  ['ThresholdedReLU', conv2d(4), conv2d(2), [() => layers.thresholdedReLU({theta: 0.1})]],
  ['PReLU', conv2d(4), conv2d(2), [() => layers.prelu({alphaInitializer: seeded(5)})]],
  [
    'PReLU with shared slopes',
    conv2d(4),
    conv2d(2),
    [() => layers.prelu({alphaInitializer: seeded(5), sharedAxes: [1, 2]})],
  ],
  ['dropout', conv2d(4), conv2d(2), [() => layers.dropout({rate: 0.5})]],
  [
    'noise',
    conv2d(4),
    conv2d(2),
    [
      () => layers.gaussianNoise({stddev: 1}),
      () => layers.gaussianDropout({rate: 0.1}),
      () => layers.alphaDropout({rate: 0.1}),
    ],
  ],
  ['max pooling', conv2d(4), conv2d(2), [() => layers.maxPooling2d({poolSize: 2, padding: 'same'})]],
  ['average pooling', conv2d(4), conv2d(2), [() => layers.averagePooling2d({poolSize: 2, strides: 1})]],
  ['padding', conv2d(4), conv2d(2), [() => layers.zeroPadding2d({padding: 2})]],
  [
    'cropping',
    conv2d(4),
    conv2d(2),
    [
      () =>
        layers.cropping2D({
          cropping: [
            [1, 0],
            [0, 1],
          ],
        }),
    ],
  ],
  ['upsampling', conv2d(4), conv2d(2), [() => layers.upSampling2d({size: [2, 2]})]],
  [
    'batch norm',
    conv2d(4),
    conv2d(2),
    [() => layers.batchNormalization({betaInitializer: seeded(1), movingMeanInitializer: seeded(2)})],
  ],
  [
    'batch norm without gamma and beta',
    conv2d(4),
    conv2d(2),
    [() => layers.batchNormalization({scale: false, center: false, movingMeanInitializer: seeded(2)})],
  ],
  [
    'a depthwise convolution',
    conv2d(4),
    conv2d(2),
    [
      () =>
        layers.depthwiseConv2d({kernelSize: 2, depthwiseInitializer: seeded(1), biasInitializer: seeded(4)}),
    ],
  ],
  [
    'a depthwise convolution of many filters',
    conv2d(4),
    conv2d(2),
    [() => layers.depthwiseConv2d({kernelSize: 2, depthMultiplier: 3, depthwiseInitializer: seeded(1)})],
  ],
  ['a permutation', conv2d(4), conv2d(2), [() => layers.permute({dims: [2, 1, 3]})]],
  ['a flatten', conv2d(4), dense(2), [() => layers.flatten()]],
  ['a global average', conv2d(4), dense(2), [() => layers.globalAveragePooling2d({})]],
  ['a global maximum', conv2d(4), dense(2), [() => layers.globalMaxPooling2d({})]],
  ['a reshape of positions', conv2d(4), dense(2), [() => layers.reshape({targetShape: [25, 4]})]],
  ['a reshape to features', conv2d(4), dense(2), [() => layers.reshape({targetShape: [100]})]],
  [
    'a separable convolution',
    conv2d(4),
    (name) =>
      layers.separableConv2d({
        name,
        filters: 2,
        kernelSize: 2,
        depthMultiplier: 2,
        depthwiseInitializer: seeded(1),
        pointwiseInitializer: seeded(2),
      }),
    [],
  ],
  [
    'a transposed convolution',
    conv2d(4),
    (name) => layers.conv2dTranspose({name, filters: 2, kernelSize: 3, kernelInitializer: seeded(1)}),
    [],
  ],
  [
    'channels first',
    conv2d(4, first),
    conv2d(2, first),
    [() => layers.maxPooling2d({poolSize: 2, ...first})],
  ],
  ['channels first and a flatten', conv2d(4, first), dense(2), [() => layers.flatten(first)]],
  ['channels first and a flatten in their order', conv2d(4, first), dense(2), [() => layers.flatten()]],
  [
    'channels first and a global average',
    conv2d(4, first),
    dense(2),
    [() => layers.globalAveragePooling2d(first)],
  ],
  [
    'after a transposed convolution',
    (name) =>
      layers.conv2dTranspose({
        name,
        filters: 4,
        kernelSize: 2,
        kernelInitializer: seeded(1),
        biasInitializer: seeded(2),
      }),
    conv2d(2),
    [],
  ],
  [
    'after a separable convolution',
    (name) =>
      layers.separableConv2d({
        name,
        filters: 4,
        kernelSize: 2,
        pointwiseInitializer: seeded(1),
        depthwiseInitializer: seeded(2),
      }),
    conv2d(2),
    [],
  ],
  ['a dense layer at each position', dense(4), dense(2), []],
];
const sequences: [string, Make, Make, Make[]][] = [
  [
    'a convolution over time',
    (name) =>
      layers.conv1d({
        name,
        filters: 4,
        kernelSize: 2,
        kernelInitializer: seeded(1),
        biasInitializer: seeded(2),
      }),
    dense(2),
    [() => layers.maxPooling1d({poolSize: 2}), () => layers.globalAveragePooling1d({})],
  ],
  [
    'a spatial dropout',
    dense(4),
    dense(2),
    [() => layers.spatialDropout1d({rate: 0.5}), () => layers.globalMaxPooling1d({})],
  ],
  ['SimpleRNN', (name) => layers.simpleRNN({name, units: 4, ...recurrent}), dense(2), []],
  ['GRU', (name) => layers.gru({name, units: 4, ...recurrent}), dense(2), []],
  ['LSTM', (name) => layers.lstm({name, units: 4, ...recurrent}), dense(2), []],
  [
    'LSTM without sequences',
    (name) => layers.lstm({name, units: 4, ...recurrent, returnSequences: false}),
    dense(2),
    [() => layers.repeatVector({n: 3})],
  ],
  [
    'an RNN of a cell',
    (name) =>
      layers.rnn({
        name,
        cell: layers.gruCell({units: 4, ...recurrent}),
        returnSequences: true,
      }) as tf.layers.Layer,
    dense(2),
    [],
  ],
  [
    'LSTM of LSTM',
    (name) => layers.lstm({name, units: 4, ...recurrent}),
    (name) => layers.lstm({name, units: 2, ...recurrent}),
    [],
  ],
  ['dense before GRU', dense(4), (name) => layers.gru({name, units: 2, ...recurrent}), []],
  [
    'TimeDistributed',
    () => layers.timeDistributed({layer: dense(4)('first') as never, name: 'first'}),
    dense(2),
    [() => layers.timeDistributed({layer: layers.batchNormalization({}) as never})],
  ],
  [
    'Bidirectional',
    () =>
      layers.bidirectional({
        layer: layers.lstm({units: 4, ...recurrent}),
        mergeMode: 'concat',
        name: 'first',
      }),
    dense(2),
    [],
  ],
  [
    'Bidirectional that adds',
    () =>
      layers.bidirectional({layer: layers.gru({units: 4, ...recurrent}), mergeMode: 'sum', name: 'first'}),
    dense(2),
    [],
  ],
];

const conv3d =
  (filters: number): Make =>
  (name) =>
    layers.conv3d({name, filters, kernelSize: 2, kernelInitializer: seeded(name.length)});
const convLstm2d =
  (filters: number): Make =>
  (name) =>
    layers.convLstm2d({name, filters, kernelSize: 2, ...recurrent} as never);
const volumes: typeof images = [
  ['a pooling of volumes', conv3d(4), conv3d(2), [() => layers.maxPooling3d({poolSize: 2, strides: 1})]],
  [
    'a transposed convolution of volumes',
    (name) => layers.conv3dTranspose({name, filters: 4, kernelSize: 2, kernelInitializer: seeded(1)}),
    conv3d(2),
    [],
  ],
  ['ConvLSTM2D', convLstm2d(4), convLstm2d(2), []],
  [
    'a convolution in a TimeDistributed',
    () => layers.timeDistributed({layer: conv2d(4)('first') as never, name: 'first'}),
    () => layers.timeDistributed({layer: conv2d(2)('last') as never}),
    [],
  ],
];

async function halved(shape: number[], [name, make, next, between]: (typeof images)[number]) {
  const plain = tf.sequential({
    layers: [
      layers.inputLayer({inputShape: shape}),
      make('first'),
      ...between.map((one) => one(name)),
      next('last'),
      dense(2)('outputs'),
    ],
  });
  const model = await prunable(plain);
  await prune(model, 0.5, {
    pattern: channel(),
    where: ({layer}) => layer === 'first' || layer.startsWith('first/'),
  });
  const small = await compact(model);
  return {model, small};
}

it.each(images)('compact() removes channels of an image through %s', async (...row) => {
  const isFirst = row[0].startsWith('channels first');
  const {model, small} = await halved(isFirst ? [3, 6, 6] : [6, 6, 3], row);
  expect(difference(model, small)).toBeLessThan(1e-5);
  expect(compactReport(small).layers[0]).toMatchObject({before: 4, after: 2});
});

it.each(sequences)('compact() removes channels of a sequence through %s', async (...row) => {
  const {model, small} = await halved([6, 3], row);
  expect(difference(model, small)).toBeLessThan(1e-5);
  const [{before, after}] = compactReport(small).layers;
  expect(after).toBe(before / 2);
});

it.each(volumes)('compact() removes channels of a volume or a video through %s', async (...row) => {
  const {model, small} = await halved([4, 4, 4, 2], row);
  expect(difference(model, small)).toBeLessThan(1e-5);
  expect(compactReport(small).layers[0]).toMatchObject({before: 4, after: 2});
});

it('compact() removes dimensions of an embedding', async () => {
  const model = await prunable(
    tf.sequential({
      layers: [
        layers.embedding({
          inputDim: 5,
          outputDim: 4,
          inputLength: 6,
          name: 'words',
          embeddingsInitializer: seeded(1),
        }),
        layers.lstm({units: 3, ...recurrent}),
        dense(2)('outputs'),
      ],
    }),
  );
  await prune(model, 0.5, {pattern: channel(), where: ['words']});
  const small = await compact(model);
  expect(difference(model, small)).toBeLessThan(1e-5);
  expect(compactReport(small).layers[0]).toMatchObject({layer: 'words', before: 4, after: 2});
});

it('compact() keeps a recurrent layer with a given initial state whole', async () => {
  // The channels of the state, which the layer saves nevertheless.
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  const [input, state] = [tf.input({shape: [3, 2]}), tf.input({shape: [4]})];
  const gru = layers.gru({units: 4, name: 'first'});
  const outputs = dense(2)('outputs').apply(
    gru.apply([input, state]) as tf.SymbolicTensor,
  ) as tf.SymbolicTensor;
  const model = await prunable(tf.model({inputs: [input, state], outputs}));
  await prune(model, 0.5, {pattern: channel()});
  const small = await compact(model);
  expect(difference(model, small)).toBeLessThan(1e-5);
  expect(compactReport(small).whole).toContainEqual({
    layer: 'first',
    reason: 'it is called with initialState',
  });
  warn.mockRestore();
});
