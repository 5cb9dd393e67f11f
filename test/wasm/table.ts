import * as tf from '@tensorflow/tfjs';

/** A small network that trains one feature of tfjs. */
export interface Row {
  kind: string;
  /** The shape of one sample. */
  input: number[];
  /** The layers under test, between a dense layer and the loss, so that gradients must pass through them. */
  layer?: (x: tf.SymbolicTensor) => tf.SymbolicTensor;
  /** Makes the input of `layer` from random numbers, without a dense layer before it, if no gradient can pass. */
  bare?: (numbers: tf.Tensor) => tf.Tensor;
  /** Whether the dense layer has no bias: before a batch norm its gradient is rounding noise, which Adam amplifies. */
  unbiased?: boolean;
  batch?: number;
  /** Whether the CPU backend's gradient differs from the definition, which `definition.test.ts` checks. */
  cpuIsWrong?: boolean;
  loss?: string;
  /** Makes targets for the loss from numbers in [0, 1]; by default the numbers themselves. */
  target?: (numbers: tf.Tensor) => tf.Tensor;
  optimizer?: () => tf.Optimizer;
}

type Apply = {apply(x: tf.SymbolicTensor | tf.SymbolicTensor[]): unknown};

const {layers} = tf;

/** A row for one layer. */
const row = (kind: string, input: number[], ...made: (() => Apply)[]): Row => ({
  kind,
  input,
  layer: (x) => made.reduce((x, make) => make().apply(x) as tf.SymbolicTensor, x),
});

/** A row for a layer that merges two inputs. */
const merge = (kind: string, make: () => Apply): Row => ({
  kind,
  input: [4],
  layer: (x) => {
    const branch = (x: tf.SymbolicTensor) => layers.dense({units: 3}).apply(x) as tf.SymbolicTensor;
    return make().apply([branch(x), branch(x)]) as tf.SymbolicTensor;
  },
});

const line = [6, 3];
const image = [6, 6, 3];
const volume = [4, 4, 4, 2];
const integers = (x: tf.Tensor) => x.abs().mul(5).floor();
const convolution = {filters: 2, kernelSize: 3};
const same = {...convolution, padding: 'same', strides: 2} as const;

const layerRows: Row[] = [
  row('Dense', [4], () => layers.dense({units: 3, activation: 'relu'})),
  row('Dense of a sequence', line, () => layers.dense({units: 2})),
  row('Conv1D', line, () => layers.conv1d(convolution)),
  row('Conv2D', image, () => layers.conv2d(convolution)),
  row('Conv2D, padded and strided', image, () => layers.conv2d(same)),
  row('Conv2D, dilated', image, () => layers.conv2d({...convolution, dilationRate: 2})),
  row('Conv3D', volume, () => layers.conv3d(convolution)),
  row('Conv3D, padded and strided', volume, () => layers.conv3d(same)),
  row('Conv2DTranspose', image, () => layers.conv2dTranspose(convolution)),
  row('Conv2DTranspose, padded and strided', image, () => layers.conv2dTranspose(same)),
  row('Conv3DTranspose', volume, () => layers.conv3dTranspose(convolution)),
  row('Conv3DTranspose, padded and strided', volume, () => layers.conv3dTranspose(same)),
  row('DepthwiseConv2D', image, () => layers.depthwiseConv2d({kernelSize: 3, depthMultiplier: 2})),
  row('DepthwiseConv2D, padded and strided', image, () =>
    layers.depthwiseConv2d({kernelSize: 3, padding: 'same', strides: 2}),
  ),
  row('SeparableConv2D', image, () => layers.separableConv2d(convolution)),
  {
    ...row('Embedding', [5], () => layers.embedding({inputDim: 5, outputDim: 3})),
    bare: integers,
  },
  {
    ...row(
      'Embedding, masked',
      [5],
      () => layers.embedding({inputDim: 5, outputDim: 3, maskZero: true}),
      () => layers.lstm({units: 2}),
    ),
    bare: integers,
  },
  row('SimpleRNN', line, () => layers.simpleRNN({units: 2})),
  row('GRU', line, () => layers.gru({units: 2, returnSequences: true})),
  row('LSTM', line, () => layers.lstm({units: 2})),
  row('RNN of stacked cells', line, () =>
    layers.rnn({cell: [layers.lstmCell({units: 2}), layers.gruCell({units: 2})]} as never),
  ),
  row('ConvLSTM2D', [2, 4, 4, 2], () => layers.convLstm2d({filters: 2, kernelSize: 3})),
  row('Bidirectional', line, () =>
    layers.bidirectional({layer: layers.gru({units: 2}) as tf.RNN, mergeMode: 'concat'}),
  ),
  row('TimeDistributed', line, () => layers.timeDistributed({layer: layers.dense({units: 2})})),
  {
    ...row(
      'Masking',
      [6, 1],
      () => layers.masking({maskValue: 0}),
      () => layers.lstm({units: 2}),
    ),
    // The comparison with the masked value has no gradient, so no weights may precede it.
    bare: (x) => x.relu(),
  },
  {...row('BatchNormalization', image, () => layers.batchNormalization()), unbiased: true},
  row('LayerNormalization', line, () => layers.layerNormalization()),
  row('PReLU', image, () => layers.prelu()),
  row('LeakyReLU', image, () => layers.leakyReLU()),
  row('ELU', image, () => layers.elu()),
  row('ReLU', image, () => layers.reLU()),
  row('ReLU, limited', image, () => layers.reLU({maxValue: 0.5})),
  row('ThresholdedReLU', image, () => layers.thresholdedReLU({theta: 0.1})),
  row('Softmax', line, () => layers.softmax({axis: -1})),
  row('MaxPooling1D', line, () => layers.maxPooling1d({poolSize: 2})),
  row('MaxPooling2D', image, () => layers.maxPooling2d({poolSize: 2})),
  row('MaxPooling2D, overlapping', image, () =>
    layers.maxPooling2d({poolSize: 3, strides: 2, padding: 'same'}),
  ),
  row('MaxPooling3D', volume, () => layers.maxPooling3d({poolSize: 2})),
  row('MaxPooling3D, overlapping', volume, () =>
    layers.maxPooling3d({poolSize: 3, strides: 2, padding: 'same'}),
  ),
  row('AveragePooling1D', line, () => layers.averagePooling1d({poolSize: 2})),
  row('AveragePooling2D', image, () => layers.averagePooling2d({poolSize: 2})),
  {
    ...row('AveragePooling2D, overlapping', image, () =>
      layers.averagePooling2d({poolSize: 3, strides: 2, padding: 'same'}),
    ),
    cpuIsWrong: true,
  },
  row('AveragePooling3D', volume, () => layers.averagePooling3d({poolSize: 2})),
  {
    ...row('AveragePooling3D, overlapping', volume, () =>
      layers.averagePooling3d({poolSize: 3, strides: 2, padding: 'same'}),
    ),
    cpuIsWrong: true,
  },
  row('GlobalAveragePooling1D', line, () => layers.globalAveragePooling1d({})),
  row('GlobalAveragePooling2D', image, () => layers.globalAveragePooling2d({})),
  row('GlobalMaxPooling1D', line, () => layers.globalMaxPooling1d({})),
  row('GlobalMaxPooling2D', image, () => layers.globalMaxPooling2d({})),
  // The CPU backend computes the gradient of all images from the first ones.
  {...row('UpSampling2D', image, () => layers.upSampling2d({size: [2, 2]})), batch: 1},
  row('UpSampling2D, bilinear', image, () => layers.upSampling2d({size: [2, 2], interpolation: 'bilinear'})),
  row('ZeroPadding2D', image, () => layers.zeroPadding2d({padding: 1})),
  row('Cropping2D', image, () =>
    layers.cropping2D({
      cropping: [
        [1, 1],
        [2, 0],
      ],
    }),
  ),
  row('CenterCrop', image, () => layers.centerCrop({height: 4, width: 4})),
  row('Resizing', image, () => layers.resizing({height: 4, width: 9})),
  row('Rescaling', image, () => layers.rescaling({scale: 0.5, offset: 1})),
  merge('Add', () => layers.add()),
  merge('Multiply', () => layers.multiply()),
  merge('Average', () => layers.average()),
  merge('Maximum', () => layers.maximum()),
  merge('Minimum', () => layers.minimum()),
  merge('Concatenate', () => layers.concatenate()),
  merge('Dot', () => layers.dot({axes: 1})),
  merge('Dot, normalized', () => layers.dot({axes: 1, normalize: true})),
  row('Dropout', line, () => layers.dropout({rate: 0.5, seed: 1})),
  row('SpatialDropout1D', line, () => layers.spatialDropout1d({rate: 0.5, seed: 1})),
  // These accept no seed, so only the identity is the same on every backend.
  row('AlphaDropout of 0', line, () => layers.alphaDropout({rate: 0})),
  row('GaussianDropout of 0', line, () => layers.gaussianDropout({rate: 0})),
  row('GaussianNoise of 0', line, () => layers.gaussianNoise({stddev: 0})),
  row('RepeatVector', [4], () => layers.repeatVector({n: 3})),
  row('Permute', line, () => layers.permute({dims: [2, 1]})),
  row('Reshape', line, () => layers.reshape({targetShape: [9, 2]})),
  row('Flatten', image, () => layers.flatten()),
  row('Dense with l1l2', [4], () => layers.dense({units: 3, kernelRegularizer: 'l1l2'})),
];

const activations = [
  'elu',
  'gelu',
  'gelu_new',
  'hardSigmoid',
  'linear',
  'logSoftmax',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
];

const activationRows = activations.map((activation) =>
  row(activation, [4], () => layers.activation({activation: activation as 'relu'})),
);

const probabilities = (x: tf.SymbolicTensor) =>
  layers.dense({units: 3, activation: 'softmax'}).apply(x) as tf.SymbolicTensor;
const oneHot = (x: tf.Tensor) => tf.oneHot(x.argMax(-1), 3);
const classOf = (x: tf.Tensor) => x.argMax(-1).expandDims(-1).toFloat();
const signs = (x: tf.Tensor) => x.greater(0.5).toFloat().mul(2).sub(1);

const lossRows: Row[] = (
  [
    ['binaryCrossentropy'],
    ['categoricalCrossentropy', oneHot],
    ['categoricalHinge', oneHot],
    ['cosineProximity'],
    ['hinge', signs],
    ['kullbackLeiblerDivergence'],
    ['logcosh'],
    ['meanAbsoluteError'],
    ['meanAbsolutePercentageError'],
    ['meanSquaredError'],
    ['meanSquaredLogarithmicError'],
    ['poisson'],
    ['sparseCategoricalCrossentropy', classOf],
    ['squaredHinge', signs],
  ] as [string, ((x: tf.Tensor) => tf.Tensor)?][]
).map(([loss, target]) => ({kind: loss, input: [4], layer: probabilities, loss, target}));

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  nesterov: () => tf.train.momentum(0.1, 0.9, true),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.1),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
  rmsprop: () => tf.train.rmsprop(0.01),
  // tfjs subtracts epsilon, so one close to the variance gives NaN.
  'rmsprop, centered': () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-30, true),
};

const optimizerRows: Row[] = Object.entries(optimizers).map(([kind, optimizer]) => ({
  ...row(
    kind,
    image,
    () => layers.conv2d({...convolution, activation: 'tanh'}),
    () => layers.flatten(),
    () => layers.dense({units: 2}),
  ),
  optimizer,
}));

/** Everything that tfjs trains, by category. */
export const table: Record<string, Row[]> = {
  Layers: layerRows,
  Activations: activationRows,
  Losses: lossRows,
  Optimizers: optimizerRows,
};
