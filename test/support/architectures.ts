import * as tf from '@tensorflow/tfjs';
import {seeded} from './models';

type Layer = tf.layers.Layer;
const apply = (layer: Layer, input: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
  layer.apply(input) as tf.SymbolicTensor;
const dense = (units: number, name: string, inputShape?: number[]) =>
  tf.layers.dense({
    units,
    name,
    inputShape,
    activation: 'tanh',
    kernelInitializer: seeded(name.length),
    biasInitializer: seeded(units),
  });
const conv = (filters: number, name: string, inputShape?: number[]) =>
  tf.layers.conv2d({filters, kernelSize: 3, padding: 'same', name, inputShape, kernelInitializer: seeded(3)});

/** A layer that is not registered, so that tfjs could not load it. */
export class Doubled extends tf.layers.Layer {
  static className = 'Doubled';
  private matrix!: tf.LayerVariable;

  override build(shape: tf.Shape): void {
    this.matrix = this.addWeight('matrix', [shape[1], shape[1]], 'float32', seeded(9));
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.mul(2, tf.matMul([inputs].flat()[0], this.matrix.read())));
  }
}

/** Plain models of every structure, each with the paths of the layers that `prunable` masks. */
export const architectures: [name: string, make: () => tf.LayersModel, masked: string[]][] = [
  [
    'a Sequential',
    () =>
      tf.sequential({
        layers: [
          conv(4, 'conv', [6, 6, 2]),
          tf.layers.maxPooling2d({poolSize: 2}),
          tf.layers.flatten(),
          dense(3, 'out'),
        ],
      }),
    ['conv', 'out'],
  ],
  [
    'a functional model with a residual',
    () => {
      const input = tf.input({shape: [5]});
      const inner = apply(dense(5, 'block'), apply(dense(5, 'in'), input));
      return tf.model({
        inputs: input,
        outputs: apply(dense(2, 'out'), apply(tf.layers.add(), [input, inner])),
      });
    },
    ['in', 'block', 'out'],
  ],
  [
    'a functional model with a shared layer and two inputs',
    () => {
      const inputs = [tf.input({shape: [4]}), tf.input({shape: [4]})];
      const shared = dense(3, 'shared');
      const joined = apply(
        tf.layers.concatenate(),
        inputs.map((input) => apply(shared, input)),
      );
      return tf.model({inputs, outputs: [apply(dense(2, 'left'), joined), apply(dense(1, 'right'), joined)]});
    },
    ['shared', 'left', 'right'],
  ],
  [
    'a Sequential in a Sequential',
    () => {
      const inner = tf.sequential({name: 'inner', layers: [dense(4, 'd', [5]), dense(3, 'e')]});
      return tf.sequential({layers: [dense(5, 'first', [2]), inner, dense(2, 'last')]});
    },
    ['first', 'inner/d', 'inner/e', 'last'],
  ],
  [
    'a nested model that is called twice',
    () => {
      const inner = tf.sequential({name: 'inner', layers: [dense(4, 'd', [4])]});
      const inputs = [tf.input({shape: [4]}), tf.input({shape: [4]})];
      return tf.model({
        inputs,
        outputs: apply(
          tf.layers.add(),
          inputs.map((input) => apply(inner, input)),
        ),
      });
    },
    ['inner/d'],
  ],
  [
    'a model with layers of other kinds',
    () =>
      tf.sequential({
        layers: [
          tf.layers.reLU({inputShape: [5]}),
          tf.layers.embedding({inputDim: 9, outputDim: 4, embeddingsInitializer: seeded(1)}),
          tf.layers.conv1d({filters: 4, kernelSize: 2, kernelInitializer: seeded(2)}),
          tf.layers.batchNormalization({movingMeanInitializer: seeded(3), betaInitializer: seeded(4)}),
          tf.layers.prelu({alphaInitializer: seeded(5)}),
          tf.layers.flatten(),
          dense(2, 'out'),
        ],
      }),
    ['out'],
  ],
  [
    'a model with recurrent layers',
    () =>
      tf.sequential({
        layers: [
          tf.layers.lstm({units: 3, returnSequences: true, inputShape: [4, 2]}),
          tf.layers.bidirectional({
            layer: tf.layers.gru({units: 2, returnSequences: true}),
            mergeMode: 'concat',
          }),
          tf.layers.rnn({cell: [tf.layers.simpleRNNCell({units: 3}), tf.layers.lstmCell({units: 2})]}),
          dense(2, 'out'),
        ],
      }),
    ['out'],
  ],
  [
    'a model with a TimeDistributed layer',
    () =>
      tf.sequential({
        layers: [
          tf.layers.timeDistributed({layer: tf.layers.dense({units: 3}), inputShape: [4, 2]}),
          tf.layers.flatten(),
          dense(2, 'out'),
        ],
      }),
    ['out'],
  ],
  [
    'a model with an unregistered layer',
    () => tf.sequential({layers: [dense(4, 'in', [3]), new Doubled({}), dense(2, 'out')]}),
    ['in', 'out'],
  ],
];
