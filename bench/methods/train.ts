import * as tf from '@tensorflow/tfjs';
import {cosine} from 'tfjs-pruning';
import {learningRate} from 'tfjs-pruning/callbacks';
import {distilled} from '../accuracy/run';
import {seeded} from '../accuracy/seeded';
import type {Settings} from './tasks';

/** The temperature of a teacher. */
export const TEMPERATURE = 4;

export interface Training extends Pick<Settings, 'batch' | 'rate'> {
  readonly epochs: number;
  readonly seed: number;
  /** The share of the steps with the full learning rate; half by default. */
  readonly hold?: number;
  /** Whether the targets are a teacher's outputs. */
  readonly taught?: boolean;
  /** Callbacks, by the number of steps. */
  readonly callbacks?: (steps: number) => tf.Callback[];
}

/** Trains with a learning rate that is held and then falls along a cosine, in an order that depends on the seed. */
export async function train(
  model: tf.LayersModel,
  x: tf.Tensor,
  y: tf.Tensor,
  given: Training,
): Promise<void> {
  const {epochs, seed, batch, rate, hold = 0.5, taught = false, callbacks} = given;
  // fit shuffles by Math.random.
  Math.random = seeded(seed);
  const optimizer = tf.train.adam(rate);
  model.compile({optimizer, loss: taught ? distilled(TEMPERATURE) : 'categoricalCrossentropy'});
  const steps = epochs * Math.ceil(x.shape[0] / batch);
  const falling = learningRate({
    schedule: cosine({from: rate, to: rate / 100}),
    unit: 'batch',
    begin: Math.min(Math.round(hold * steps), steps - 1),
  });
  await model.fit(x, y, {
    epochs,
    batchSize: batch,
    verbose: 0,
    callbacks: [falling, ...(callbacks?.(steps) ?? [])],
  });
  optimizer.dispose();
}
