import * as tf from '@tensorflow/tfjs';
import {encode} from 'tfjs-pruning';
import {
  prunableBatchNormalization,
  prunableConv2d,
  prunableConv2dTranspose,
  prunableDense,
  prunableDepthwiseConv2d,
  prunableEmbedding,
  prunableGruCell,
  prunableLstm,
  prunableSeparableConv2d,
  prunableSimpleRNN,
} from 'tfjs-pruning/layers';
import {load} from 'tfjs-pruning/runtime';
import '../support/cpu';
import {compare, differenceOf, randomize} from './compare';

const {layers} = tf;

type Rows = Record<string, () => tf.layers.Layer | tf.layers.Layer[]>;

const image = {inputShape: [9, 8, 3]};
const sequence = {inputShape: [7, 5]};
const volume = {inputShape: [5, 6, 7, 2]};

/** Classes with masks have the type of layers only. */
const cellOf = (cell: tf.layers.Layer) => cell as Parameters<typeof layers.rnn>[0]['cell'] & tf.layers.Layer;

const rows: Rows = {
  'dense with relu6': () => layers.dense({units: 10, activation: 'relu6', inputShape: [7]}),
  'dense without bias, over steps': () =>
    layers.dense({units: 6, useBias: false, activation: 'tanh', ...sequence}),
  'dense over images': () => layers.dense({units: 3, activation: 'softmax', ...image}),
  'dense with an odd number of outputs': () =>
    layers.dense({units: 33, activation: 'relu', inputShape: [65]}),
  'a wide dense layer': () => layers.dense({units: 120, activation: 'sigmoid', inputShape: [90]}),
  conv1d: () =>
    layers.conv1d({filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', ...sequence}),
  'conv1d with dilation': () => layers.conv1d({filters: 5, kernelSize: 2, dilationRate: 3, ...sequence}),
  conv2d: () => layers.conv2d({filters: 8, kernelSize: 3, padding: 'same', activation: 'relu', ...image}),
  'conv2d, valid': () =>
    layers.conv2d({filters: 6, kernelSize: [3, 2], useBias: false, activation: 'elu', ...image}),
  'conv2d with strides': () =>
    layers.conv2d({filters: 4, kernelSize: [5, 3], strides: [2, 3], padding: 'same', ...image}),
  'conv2d with a window smaller than its strides': () =>
    layers.conv2d({filters: 4, kernelSize: 2, strides: 3, padding: 'same', ...image}),
  'conv2d with dilation': () =>
    layers.conv2d({filters: 7, kernelSize: 3, dilationRate: [2, 3], padding: 'same', ...image}),
  'conv2d of single pixels': () =>
    layers.conv2d({filters: 12, kernelSize: 1, activation: 'softplus', ...image}),
  'conv2d of some of the pixels': () => layers.conv2d({filters: 5, kernelSize: 1, strides: 2, ...image}),
  'conv2d of whole images': () =>
    layers.conv2d({filters: 8, kernelSize: [9, 8], activation: 'relu', ...image}),
  'conv2d with the channels first': () =>
    layers.conv2d({filters: 4, kernelSize: 3, dataFormat: 'channelsFirst', inputShape: [3, 8, 9]}),
  'conv2d of large images': () =>
    layers.conv2d({filters: 4, kernelSize: 3, padding: 'same', inputShape: [40, 70, 12]}),
  conv3d: () =>
    layers.conv3d({
      filters: 4,
      kernelSize: 3,
      strides: [2, 1, 2],
      padding: 'same',
      activation: 'relu',
      ...volume,
    }),
  'conv3d, valid': () => layers.conv3d({filters: 3, kernelSize: [2, 3, 1], ...volume}),
  conv2dTranspose: () =>
    layers.conv2dTranspose({filters: 4, kernelSize: 3, strides: 2, padding: 'same', ...image}),
  'conv2dTranspose, valid': () =>
    layers.conv2dTranspose({filters: 5, kernelSize: [2, 4], strides: [3, 1], activation: 'relu', ...image}),
  'conv2dTranspose with the channels first': () =>
    layers.conv2dTranspose({
      filters: 2,
      kernelSize: 3,
      strides: 2,
      dataFormat: 'channelsFirst',
      inputShape: [3, 4, 5],
    }),
  conv3dTranspose: () =>
    layers.conv3dTranspose({filters: 3, kernelSize: 3, strides: 2, padding: 'same', ...volume}),
  depthwiseConv2d: () =>
    layers.depthwiseConv2d({kernelSize: 3, padding: 'same', activation: 'relu', ...image}),
  'depthwiseConv2d with several filters': () =>
    layers.depthwiseConv2d({kernelSize: [2, 3], depthMultiplier: 2, strides: 2, ...image}),
  'depthwiseConv2d with the channels first': () =>
    layers.depthwiseConv2d({
      kernelSize: 3,
      dataFormat: 'channelsFirst',
      useBias: false,
      inputShape: [3, 8, 9],
    }),
  separableConv2d: () =>
    layers.separableConv2d({
      filters: 6,
      kernelSize: 3,
      depthMultiplier: 2,
      padding: 'same',
      activation: 'relu',
      ...image,
    }),
  'separableConv2d with dilation': () =>
    layers.separableConv2d({filters: 3, kernelSize: 3, dilationRate: 2, ...image}),
  maxPooling1d: () => layers.maxPooling1d({poolSize: 3, strides: 2, padding: 'same', ...sequence}),
  averagePooling1d: () => layers.averagePooling1d({poolSize: 2, padding: 'valid', ...sequence}),
  maxPooling2d: () => layers.maxPooling2d({poolSize: [3, 2], strides: [2, 1], padding: 'same', ...image}),
  'maxPooling2d with the channels first': () =>
    layers.maxPooling2d({poolSize: 2, dataFormat: 'channelsFirst', inputShape: [3, 8, 6]}),
  averagePooling2d: () => layers.averagePooling2d({poolSize: 3, strides: 2, padding: 'same', ...image}),
  maxPooling3d: () => layers.maxPooling3d({poolSize: [2, 3, 2], strides: 2, padding: 'same', ...volume}),
  averagePooling3d: () => layers.averagePooling3d({poolSize: 2, strides: [1, 2, 3], ...volume}),
  globalMaxPooling1d: () => layers.globalMaxPooling1d({...sequence}),
  globalAveragePooling1d: () => layers.globalAveragePooling1d({...sequence}),
  globalMaxPooling2d: () => layers.globalMaxPooling2d({...image}),
  globalAveragePooling2d: () => layers.globalAveragePooling2d({...image}),
  'globalAveragePooling2d with the channels first': () =>
    layers.globalAveragePooling2d({dataFormat: 'channelsFirst', ...image}),
  batchNormalization: () => layers.batchNormalization({epsilon: 0.01, scale: false, ...image}),
  'batchNormalization after a convolution, and its activation': () => [
    layers.conv2d({filters: 8, kernelSize: 3, padding: 'same', useBias: false, ...image}),
    layers.batchNormalization({center: false}),
    layers.reLU({maxValue: 4}),
  ],
  'batchNormalization after a dense layer': () => [
    layers.dense({units: 9, ...sequence}),
    layers.batchNormalization(),
    layers.activation({activation: 'hardSigmoid'}),
  ],
  'batchNormalization after a separable convolution': () => [
    layers.separableConv2d({filters: 6, kernelSize: 3, ...image}),
    layers.batchNormalization({axis: 3}),
    layers.leakyReLU({alpha: 0.2}),
  ],
  'batchNormalization after a depthwise convolution and after a transposed one': () => [
    layers.depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, ...image}),
    layers.batchNormalization(),
    layers.conv2dTranspose({filters: 2, kernelSize: 2, strides: 2}),
    layers.batchNormalization(),
  ],
  layerNormalization: () => layers.layerNormalization({epsilon: 0.01, ...sequence}),
  'layerNormalization over images': () => layers.layerNormalization({axis: [2, 3], center: false, ...image}),
  reLU: () => layers.reLU({maxValue: 0.5, ...sequence}),
  leakyReLU: () => layers.leakyReLU({alpha: 0.1, ...image}),
  prelu: () => layers.prelu({sharedAxes: [1, 2], ...image}),
  'prelu with a slope for each element': () => layers.prelu({...sequence}),
  elu: () => layers.elu({...sequence}),
  thresholdedReLU: () => layers.thresholdedReLU({theta: 0.3, ...image}),
  softmax: () => layers.softmax({axis: 2, ...sequence}),
  flatten: () => [layers.conv2d({filters: 4, kernelSize: 3, ...image}), layers.flatten()],
  'flatten with the channels first': () => layers.flatten({dataFormat: 'channelsFirst', ...image}),
  reshape: () => [
    layers.conv2d({filters: 4, kernelSize: 1, ...image}),
    layers.reshape({targetShape: [-1, 12]}),
  ],
  permute: () => layers.permute({dims: [3, 1, 2], ...image}),
  repeatVector: () => layers.repeatVector({n: 4, inputShape: [5]}),
  zeroPadding2d: () =>
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 3],
      ],
      ...image,
    }),
  'zeroPadding2d after a convolution': () => [
    layers.conv2d({filters: 4, kernelSize: 3, activation: 'relu', ...image}),
    layers.zeroPadding2d({padding: 2}),
    layers.conv2d({filters: 4, kernelSize: 3, strides: 2}),
  ],
  'zeroPadding2d with the channels first': () =>
    layers.zeroPadding2d({padding: [2, 1], dataFormat: 'channelsFirst', inputShape: [3, 4, 5]}),
  cropping2D: () =>
    layers.cropping2D({
      cropping: [
        [1, 2],
        [3, 0],
      ],
      ...image,
    }),
  upSampling2d: () => layers.upSampling2d({size: [2, 3], ...image}),
  'upSampling2d that interpolates': () =>
    layers.upSampling2d({size: [3, 2], interpolation: 'bilinear', ...image}),
  'upSampling2d with the channels first': () =>
    layers.upSampling2d({size: [2, 2], dataFormat: 'channelsFirst', inputShape: [3, 4, 5]}),
  embedding: () => layers.embedding({inputDim: 5, outputDim: 6, inputShape: [7]}),
  simpleRNN: () => layers.simpleRNN({units: 6, activation: 'relu', ...sequence}),
  'simpleRNN backwards, with all steps': () =>
    layers.simpleRNN({units: 5, goBackwards: true, returnSequences: true, useBias: false, ...sequence}),
  lstm: () => layers.lstm({units: 6, recurrentActivation: 'sigmoid', ...sequence}),
  'lstm with all steps': () =>
    layers.lstm({units: 9, returnSequences: true, activation: 'relu', ...sequence}),
  gru: () => layers.gru({units: 6, ...sequence}),
  'gru backwards, with all steps': () =>
    layers.gru({
      units: 5,
      returnSequences: true,
      goBackwards: true,
      recurrentActivation: 'sigmoid',
      ...sequence,
    }),
  'gru after a masked embedding': () => [
    layers.embedding({inputDim: 5, outputDim: 6, maskZero: true, inputShape: [9]}),
    layers.gru({units: 4, returnSequences: true}),
    layers.simpleRNN({units: 3}),
  ],
  'lstm after masked steps': () => [
    layers.masking({maskValue: 0, ...sequence}),
    layers.dropout({rate: 0.5}),
    layers.lstm({units: 4}),
  ],
  'a recurrent layer of a cell': () =>
    layers.rnn({cell: layers.lstmCell({units: 5}), returnSequences: true, ...sequence}),
  'a recurrent layer of several cells': () =>
    layers.rnn({
      cell: [layers.gruCell({units: 5}), layers.simpleRNNCell({units: 4}), layers.lstmCell({units: 3})],
      goBackwards: true,
      ...sequence,
    }),
  bidirectional: () =>
    layers.bidirectional({
      layer: layers.lstm({units: 4, returnSequences: true}),
      mergeMode: 'concat',
      ...sequence,
    }),
  'bidirectional with a sum of the last steps': () =>
    layers.bidirectional({layer: layers.gru({units: 4}), mergeMode: 'sum', ...sequence}),
  'bidirectional with a mask, averaged': () => [
    layers.embedding({inputDim: 5, outputDim: 6, maskZero: true, inputShape: [9]}),
    layers.bidirectional({
      layer: layers.simpleRNN({units: 4, returnSequences: true}),
      mergeMode: 'ave',
    }),
  ],
  convLstm2d: () =>
    layers.convLstm2d({
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      returnSequences: true,
      inputShape: [3, 6, 5, 2],
    }),
  'convLstm2d with strides': () =>
    layers.convLstm2d({
      filters: 3,
      kernelSize: [3, 2],
      strides: 2,
      recurrentActivation: 'sigmoid',
      inputShape: [3, 6, 5, 2],
    }),
  'centerCrop of an odd and of an even number': () => layers.centerCrop({height: 4, width: 6, ...image}),
  'centerCrop of one row, and of one column less': () => layers.centerCrop({height: 1, width: 7, ...image}),
  'centerCrop of smaller images': () => layers.centerCrop({height: 12, width: 5, ...image}),
  'conv3d with the channels first': () =>
    layers.conv3d({filters: 3, kernelSize: 2, dataFormat: 'channelsFirst', inputShape: [2, 5, 6, 7]}),
  'averagePooling3d with the channels first': () =>
    layers.averagePooling3d({poolSize: 2, dataFormat: 'channelsFirst', inputShape: [2, 5, 6, 7]}),
  'cropping2D with the channels first': () =>
    layers.cropping2D({cropping: [1, 2], dataFormat: 'channelsFirst', inputShape: [3, 7, 8]}),
  'timeDistributed lstm': () =>
    layers.timeDistributed({layer: layers.lstm({units: 4}), inputShape: [2, 3, 5]}),
  'embedding with a mask, over two recurrent layers': () => [
    layers.embedding({inputDim: 5, outputDim: 6, maskZero: true, inputShape: [9]}),
    layers.lstm({units: 4, returnSequences: true}),
    layers.timeDistributed({layer: layers.dense({units: 3, activation: 'relu'})}),
    layers.gru({units: 4}),
  ],
  'prunable dense': () => prunableDense({units: 10, activation: 'relu', inputShape: [7]}),
  'prunable convolutions, and a norm': () => [
    prunableConv2d({filters: 4, kernelSize: 3, ...image}),
    prunableBatchNormalization(),
    prunableDepthwiseConv2d({kernelSize: 3}),
    prunableSeparableConv2d({filters: 5, kernelSize: 2}),
    prunableConv2dTranspose({filters: 2, kernelSize: 2}),
  ],
  'prunable recurrent layers': () => [
    prunableEmbedding({inputDim: 5, outputDim: 6, inputShape: [9]}),
    layers.bidirectional({
      layer: prunableLstm({units: 4, returnSequences: true}) as tf.RNN,
      mergeMode: 'concat',
    }),
    layers.rnn({cell: cellOf(prunableGruCell({units: 4})), returnSequences: true}),
    layers.timeDistributed({layer: prunableDense({units: 3})}),
    prunableSimpleRNN({units: 4}),
  ],
  'timeDistributed dense': () => layers.timeDistributed({layer: layers.dense({units: 4}), ...sequence}),
  'timeDistributed convolution': () => [
    layers.timeDistributed({layer: layers.conv2d({filters: 4, kernelSize: 3}), inputShape: [3, 6, 5, 2]}),
    layers.timeDistributed({layer: layers.globalMaxPooling2d({})}),
  ],
  rescaling: () => layers.rescaling({scale: 0.5, offset: 2, ...image}),
  categoryEncoding: () => layers.categoryEncoding({numTokens: 4, outputMode: 'count', inputShape: [6]}),
  'categoryEncoding to 0 and 1': () =>
    layers.categoryEncoding({numTokens: 5, outputMode: 'multiHot', inputShape: [6]}),
  noise: () => [
    layers.gaussianNoise({stddev: 1, ...sequence}),
    layers.gaussianDropout({rate: 0.5}),
    layers.alphaDropout({rate: 0.5}),
    layers.spatialDropout1d({rate: 0.5}),
  ],
};

const activations = [
  ...(['elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus'] as const),
  ...(['softsign', 'tanh', 'swish', 'mish', 'gelu', 'gelu_new'] as const),
];

for (const activation of activations) {
  rows[`the activation ${activation}`] = () => [
    layers.rescaling({scale: 6, ...sequence}),
    layers.activation({activation: activation as never}),
  ];
}

describe.each(Object.entries(rows))('%s', (_, make) => {
  it.each([
    ['dense', 0],
    ['sparse', 0.8],
  ])('with %s weights predicts as tfjs does', async (_, sparsity) => {
    const model = tf.sequential({layers: [make()].flat()});
    randomize(model, sparsity);
    expect(await compare(model, [1, 3, 17])).toBeLessThan(1e-5);
    model.dispose();
  });
});

it.each([
  ['bilinear', true],
  ['bilinear', false],
  ['nearest', true],
  ['nearest', false],
] as const)(
  'a resizing layer (%s, aligned: %s) predicts as tf.image, which fails in models of tfjs',
  async (interpolation, aligns) => {
    const layer = layers.resizing({
      height: 5,
      width: 11,
      interpolation,
      cropToAspectRatio: !aligns,
      ...image,
    });
    const net = await load(await encode(tf.sequential({layers: [layer]})));
    const x = tf.randomUniform<tf.Rank.R4>(
      [2, ...image.inputShape] as [number, number, number, number],
      -1,
      1,
      'float32',
      3,
    );
    const op = interpolation === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
    const right = op(x, [5, 11], aligns);
    expect(differenceOf(net.predict(x.dataSync<'float32'>()), right.dataSync<'float32'>())).toBeLessThan(
      1e-5,
    );
    tf.dispose([x, right]);
  },
);

it.each<[string, () => tf.layers.Layer, RegExp]>([
  [
    'a state between predictions',
    () => layers.lstm({units: 2, stateful: true, batchInputShape: [1, 7, 5]}),
    /\(LSTM\): stateful is not supported$/,
  ],
  [
    'separableConv2d with the channels first',
    () => layers.separableConv2d({filters: 2, kernelSize: 2, dataFormat: 'channelsFirst', ...image}),
    /\(SeparableConv2D\): data_format channelsFirst is not supported$/,
  ],
  [
    'convLstm2d with the channels first',
    () =>
      layers.convLstm2d({filters: 2, kernelSize: 2, dataFormat: 'channelsFirst', inputShape: [3, 2, 6, 5]}),
    /\(ConvLSTM2D\): data_format channelsFirst is not supported$/,
  ],
  [
    'a recurrent layer with an activation that the kernels lack',
    () => layers.gru({units: 2, recurrentActivation: 'softmax', ...sequence}),
    /\(GRU\): recurrent_activation "softmax" is not supported in a recurrent layer$/,
  ],
])('load() refuses %s by the name of the layer', async (_, make, message) => {
  await expect(load(await encode(tf.sequential({layers: [make()]})))).rejects.toThrow(message);
});
