import * as tf from '@tensorflow/tfjs';
import {
  prunableBatchNormalization,
  prunableConv2d,
  prunableDense,
  prunableDepthwiseConv2d,
  prunableEmbedding,
  prunableLstm,
} from 'tfjs-pruning/layers';

type Symbolic = tf.SymbolicTensor;
const {layers} = tf;
const apply = (layer: tf.layers.Layer, input: Symbolic | Symbolic[]) => layer.apply(input) as Symbolic;

/** Layers whose first weights depend on the seed and their place only, each with a batch norm. */
function parts(seed: number) {
  let layer = 0;
  const initializer = () => tf.initializers.heNormal({seed: seed * 100 + layer++});
  const normed = (x: Symbolic) => apply(prunableBatchNormalization({}), x);
  const same = {padding: 'same', useBias: false} as const;
  return {
    conv: (x: Symbolic, filters: number, kernelSize: number, strides = 1) =>
      normed(
        apply(prunableConv2d({...same, filters, kernelSize, strides, kernelInitializer: initializer()}), x),
      ),
    depthwise: (x: Symbolic, strides: number) =>
      normed(
        apply(
          prunableDepthwiseConv2d({...same, kernelSize: 3, strides, depthwiseInitializer: initializer()}),
          x,
        ),
      ),
    classified: (x: Symbolic, classes: number) =>
      apply(
        prunableDense({units: classes, activation: 'softmax', kernelInitializer: initializer()}),
        apply(layers.globalAveragePooling2d({}), x),
      ),
  };
}

const relu = (x: Symbolic) => apply(layers.reLU(), x);

/** ResNet-20 (He et al. 2016) of half the width, whose first convolution has stride 2: 68,000 weights. */
export function resNet20(shape: number[], classes: number, seed: number): tf.LayersModel {
  const {conv, classified} = parts(seed);
  const input = tf.input({shape});
  let x = relu(conv(input, 8, 3, 2));
  for (const filters of [8, 16, 32]) {
    for (const block of [0, 1, 2]) {
      const strides = block === 0 && filters > 8 ? 2 : 1;
      const inside = conv(relu(conv(x, filters, 3, strides)), filters, 3);
      x = relu(apply(layers.add(), [strides === 1 ? x : conv(x, filters, 1, strides), inside]));
    }
  }
  return tf.model({inputs: input, outputs: classified(x, classes)});
}

/** Depthwise-separable convolutions as in MobileNetV1 (Howard et al. 2017), for small images: 33,000 weights. */
export function separable(shape: number[], classes: number, seed: number): tf.LayersModel {
  const {conv, depthwise, classified} = parts(seed);
  const input = tf.input({shape});
  let x = relu(conv(input, 16, 3, 2));
  for (const [filters, strides] of [
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    [128, 1],
  ]) {
    x = relu(conv(relu(depthwise(x, strides)), filters, 1));
  }
  return tf.model({inputs: input, outputs: classified(x, classes)});
}

/** An embedding of 4,002 words and an LSTM of 8 units. */
export function lstm([inputLength]: number[], classes: number, seed: number): tf.LayersModel {
  const uniform = (scale: number, layer: number) =>
    tf.initializers.randomUniform({minval: -scale, maxval: scale, seed: seed * 100 + layer});
  return tf.sequential({
    layers: [
      prunableEmbedding({
        inputDim: 4002,
        outputDim: 8,
        inputLength,
        embeddingsInitializer: uniform(0.05, 1),
      }),
      prunableLstm({units: 8, kernelInitializer: uniform(0.4, 2), recurrentInitializer: uniform(0.4, 3)}),
      prunableDense({units: classes, activation: 'softmax', kernelInitializer: uniform(0.8, 4)}),
    ],
  });
}
