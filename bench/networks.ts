import * as tf from '@tensorflow/tfjs';

type Symbolic = tf.SymbolicTensor;
const {layers} = tf;
const apply = (layer: tf.layers.Layer, input: Symbolic | Symbolic[]) => layer.apply(input) as Symbolic;

const conv = (x: Symbolic, filters: number, kernelSize: number, strides: number) =>
  apply(
    layers.batchNormalization(),
    apply(layers.conv2d({filters, kernelSize, strides, padding: 'same', useBias: false}), x),
  );
const relu = (x: Symbolic) => apply(layers.reLU({maxValue: 6}), x);

function classified(input: Symbolic, features: Symbolic, classes: number): tf.LayersModel {
  const pooled = apply(layers.globalAveragePooling2d({}), features);
  return tf.model({
    inputs: input,
    outputs: apply(layers.dense({units: classes, activation: 'softmax'}), pooled),
  });
}

/** LeNet-5 of Caffe, as used in pruning papers (Han et al. 2015): 431,080 parameters. */
export function caffeLeNet5(): tf.LayersModel {
  return tf.sequential({
    layers: [
      layers.conv2d({filters: 20, kernelSize: 5, inputShape: [28, 28, 1]}),
      layers.maxPooling2d({poolSize: 2}),
      layers.conv2d({filters: 50, kernelSize: 5}),
      layers.maxPooling2d({poolSize: 2}),
      layers.flatten(),
      layers.dense({units: 500, activation: 'relu'}),
      layers.dense({units: 10, activation: 'softmax'}),
    ],
  });
}

/** ResNet-20 for images of 32 × 32 (He et al. 2016), with projections where the size changes. */
export function resNet20(): tf.LayersModel {
  const input = tf.input({shape: [32, 32, 3]});
  let x = relu(conv(input, 16, 3, 1));
  for (const filters of [16, 32, 64]) {
    for (const block of [0, 1, 2]) {
      const strides = block === 0 && filters > 16 ? 2 : 1;
      const inside = conv(relu(conv(x, filters, 3, strides)), filters, 3, 1);
      x = relu(apply(layers.add(), [strides === 1 ? x : conv(x, filters, 1, strides), inside]));
    }
  }
  return classified(input, x, 10);
}

/** Inverted residuals as in MobileNetV2 (Sandler et al. 2018), for images of 96 × 96. */
export function mobileNetV2(): tf.LayersModel {
  const input = tf.input({shape: [96, 96, 3]});
  let x = relu(conv(input, 32, 3, 2));
  let before = 32;
  for (const [filters, blocks, stride] of [
    [16, 1, 1],
    [24, 2, 2],
    [32, 3, 2],
    [64, 3, 2],
    [96, 2, 1],
    [160, 2, 2],
  ]) {
    for (let block = 0; block < blocks; block++) {
      const strides = block === 0 ? stride : 1;
      const wide = relu(conv(x, before * 6, 1, 1));
      const filtered = relu(
        apply(
          layers.batchNormalization(),
          apply(layers.depthwiseConv2d({kernelSize: 3, strides, padding: 'same', useBias: false}), wide),
        ),
      );
      const narrow = conv(filtered, filters, 1, 1);
      x = strides === 1 && before === filters ? apply(layers.add(), [x, narrow]) : narrow;
      before = filters;
    }
  }
  return classified(input, relu(conv(x, 320, 1, 1)), 100);
}

/** The layers of MobileNetV1 for images of 224 × 224 (Howard et al. 2017). */
export function mobileNetV1(): tf.layers.Layer[] {
  const normed = () => [layers.batchNormalization(), layers.reLU({maxValue: 6})];
  const blocks = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    ...Array.from({length: 5}, () => [512, 1]),
    [1024, 2],
    [1024, 1],
  ];
  const first = {filters: 32, kernelSize: 3, strides: 2, padding: 'same', useBias: false} as const;
  return [
    layers.conv2d({...first, inputShape: [224, 224, 3]}),
    ...normed(),
    ...blocks.flatMap(([filters, strides]) => [
      layers.depthwiseConv2d({kernelSize: 3, strides, padding: 'same', useBias: false}),
      ...normed(),
      layers.conv2d({filters, kernelSize: 1, useBias: false}),
      ...normed(),
    ]),
    layers.globalAveragePooling2d({}),
    layers.dense({units: 1000, activation: 'softmax'}),
  ];
}
