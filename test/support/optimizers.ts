import * as tf from '@tensorflow/tfjs';

/** Every optimizer of tfjs with a noticeable learning rate, and the initial value of its slots. */
export const optimizers: {name: string; make: () => tf.Optimizer; start: number}[] = [
  {name: 'sgd', make: () => tf.train.sgd(0.1), start: 0},
  {name: 'momentum', make: () => tf.train.momentum(0.1, 0.9), start: 0},
  {name: 'momentum with nesterov', make: () => tf.train.momentum(0.1, 0.9, true), start: 0},
  {name: 'adagrad', make: () => tf.train.adagrad(0.1, 0.25), start: 0.25},
  {name: 'adadelta', make: () => tf.train.adadelta(1, 0.9), start: 0},
  {name: 'adam', make: () => tf.train.adam(0.1), start: 0},
  {name: 'adamax', make: () => tf.train.adamax(0.1), start: 0},
  {name: 'rmsprop with momentum', make: () => tf.train.rmsprop(0.01, 0.9, 0.5), start: 0},
  {
    name: 'rmsprop, centered',
    make: () => tf.train.rmsprop(0.01, 0.9, 0.5, undefined, true),
    start: 0,
  },
];

interface Slot {
  originalName: string;
  variable: tf.Variable;
}

/** The slots of an optimizer, list by list, each in the order of the trained variables. */
export function slotsOf(optimizer: tf.Optimizer): Slot[][] {
  return Object.values(optimizer).filter(
    (field) =>
      Array.isArray(field) && field.length > 0 && field.every((slot) => slot?.variable !== undefined),
  );
}
