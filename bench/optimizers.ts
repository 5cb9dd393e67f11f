import * as tf from '@tensorflow/tfjs';
import {enableTraining} from 'tfjs-pruning/wasm';
import {type Figure, ratio} from './ratio';

/** The weights of LeNet-300-100, 266,610 in all. */
const shapes = [[784, 300], [300], [300, 100], [100], [100, 10], [10]];

/** When nine in ten weights are masked, their first moments fall below the normal numbers after so many steps. */
const DECAYED = 1000;

/** Steps of Adam with enableTraining over those of tfjs, with gradients given. */
export async function optimizers(rounds: number): Promise<Figure[]> {
  const {applyGradients: stock} = tf.AdamOptimizer.prototype;
  const disable = enableTraining();
  const {applyGradients: fused} = tf.AdamOptimizer.prototype;
  const [one, other] = [stepper(fused), stepper(stock)];
  const figure = async (name: string) => ({
    name: `training on wasm: fused step / step of tfjs, Adam${name}`,
    ratio: await ratio(one.step, other.step, rounds),
    goal: '<= 0.27',
  });
  const figures = [await figure('')];
  for (const {step, mask} of [one, other]) {
    mask();
    for (let i = 0; i < DECAYED; i++) step();
  }
  figures.push(await figure(`, ${DECAYED} steps after masking 90 %`));
  one.dispose();
  other.dispose();
  disable();
  return figures;
}

type Apply = typeof tf.AdamOptimizer.prototype.applyGradients;

function stepper(applyGradients: Apply) {
  const optimizer = tf.train.adam();
  const weights = shapes.map((shape) => tf.tidy(() => tf.variable(tf.randomNormal(shape))));
  let gradients = shapes.map((shape) => tf.randomNormal(shape));
  return {
    step: () =>
      applyGradients.call(
        optimizer,
        weights.map(({name}, i) => ({name, tensor: gradients[i]})) as Parameters<Apply>[0],
      ),
    /** Makes nine in ten gradients 0. */
    mask: () => {
      const masked = gradients.map((gradient) =>
        tf.tidy(() =>
          tf.mul(gradient, tf.cast(tf.greater(tf.randomUniform(gradient.shape), 0.9), 'float32')),
        ),
      );
      tf.dispose(gradients);
      gradients = masked;
    },
    dispose: () => {
      tf.dispose([weights, gradients]);
      optimizer.dispose();
    },
  };
}
