import * as tf from '@tensorflow/tfjs';

export function compiled<Model extends tf.LayersModel>(model: Model): Model {
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
  return model;
}

/** Random images of the size that a classifier takes, and their classes. */
export function examples(count: number, shape = [28, 28, 1]): {x: tf.Tensor; y: tf.Tensor} {
  return tf.tidy(() => ({
    x: tf.randomUniform([count, ...shape]),
    y: tf.cast(tf.oneHot(tf.randomUniform([count], 0, 10, 'int32'), 10), 'float32'),
  }));
}
