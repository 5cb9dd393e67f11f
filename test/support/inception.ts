import * as tf from '@tensorflow/tfjs';
import {seeded} from './models';

type Tensor = tf.SymbolicTensor;
type Window = [rows: number, columns: number];
type Block = (x: Tensor) => Tensor;

const {layers} = tf;
const apply = (layer: tf.layers.Layer, input: Tensor | Tensor[]) => layer.apply(input) as Tensor;

/**
 * InceptionV3 as in Keras: 94 convolutions without bias, each before a batch norm without gamma. The moving statistics are
 * random, as far from 0 and 1 as after training.
 *
 * @param width A factor for the numbers of filters.
 * @see Szegedy et al.: Rethinking the Inception Architecture for Computer Vision, 2015.
 */
export function inceptionV3(width: number, inputSize = 75): tf.LayersModel {
  let seed = 1;
  const conv =
    (filters: number, kernelSize: Window, padding: 'same' | 'valid' = 'same', strides = 1): Block =>
    (x) => {
      const args = {filters: Math.round(filters * width), kernelSize, padding, strides, useBias: false};
      const {heNormal, randomUniform} = tf.initializers;
      const norm = layers.batchNormalization({
        scale: false,
        betaInitializer: seeded(seed++),
        movingMeanInitializer: seeded(seed++),
        movingVarianceInitializer: randomUniform({minval: 0.5, maxval: 2, seed: seed++}),
      });
      const made = apply(layers.conv2d({...args, kernelInitializer: heNormal({seed: seed++})}), x);
      return apply(layers.activation({activation: 'relu'}), apply(norm, made));
    };
  const maxPool: Block = (x) => apply(layers.maxPooling2d({poolSize: 3, strides: 2}), x);
  const averagePool: Block = (x) =>
    apply(layers.averagePooling2d({poolSize: 3, strides: 1, padding: 'same'}), x);
  const chain =
    (...blocks: Block[]): Block =>
    (x) =>
      blocks.reduce((tensor, block) => block(tensor), x);
  const join =
    (...branches: Block[]): Block =>
    (x) =>
      apply(
        layers.concatenate(),
        branches.map((branch) => branch(x)),
      );

  const small = (pooled: number) =>
    join(
      conv(64, [1, 1]),
      chain(conv(48, [1, 1]), conv(64, [5, 5])),
      chain(conv(64, [1, 1]), conv(96, [3, 3]), conv(96, [3, 3])),
      chain(averagePool, conv(pooled, [1, 1])),
    );
  const tall = (filters: number) => conv(filters, [7, 1]);
  const wide = (filters: number) => conv(filters, [1, 7]);
  const medium = (n: number) =>
    join(
      conv(192, [1, 1]),
      chain(conv(n, [1, 1]), wide(n), tall(192)),
      chain(conv(n, [1, 1]), tall(n), wide(n), tall(n), wide(192)),
      chain(averagePool, conv(192, [1, 1])),
    );
  const both = join(conv(384, [1, 3]), conv(384, [3, 1]));
  const large = join(
    conv(320, [1, 1]),
    chain(conv(384, [1, 1]), both),
    chain(conv(448, [1, 1]), conv(384, [3, 3]), both),
    chain(averagePool, conv(192, [1, 1])),
  );
  const all = chain(
    ...[conv(32, [3, 3], 'valid', 2), conv(32, [3, 3], 'valid'), conv(64, [3, 3]), maxPool],
    ...[conv(80, [1, 1], 'valid'), conv(192, [3, 3], 'valid'), maxPool],
    ...[small(32), small(64), small(64)],
    join(
      conv(384, [3, 3], 'valid', 2),
      chain(conv(64, [1, 1]), conv(96, [3, 3]), conv(96, [3, 3], 'valid', 2)),
      maxPool,
    ),
    ...[medium(128), medium(160), medium(160), medium(192)],
    join(
      chain(conv(192, [1, 1]), conv(320, [3, 3], 'valid', 2)),
      chain(conv(192, [1, 1]), wide(192), tall(192), conv(192, [3, 3], 'valid', 2)),
      maxPool,
    ),
    ...[large, large],
  );
  const input = tf.input({shape: [inputSize, inputSize, 3]});
  const features = apply(layers.globalAveragePooling2d({}), all(input));
  const outputs = apply(
    layers.dense({units: 10, activation: 'softmax', kernelInitializer: seeded(seed)}),
    features,
  );
  return tf.model({inputs: input, outputs});
}
