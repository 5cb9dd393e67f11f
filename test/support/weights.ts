import * as tf from '@tensorflow/tfjs';
import type {Candidate, Scored} from 'tfjs-pruning';
import './cpu';

/** A weight without a layer, of a shape or with the values of a tensor. */
export function weightOf(given: number[] | tf.Tensor, rest: Partial<Scored> = {}): Scored {
  const value = tf.variable(given instanceof tf.Tensor ? given : tf.zeros(given));
  const mask = tf.variable(tf.onesLike(value).cast('bool'));
  const axes = {output: value.rank - 1, input: value.rank - 2};
  return {
    name: 'layer/kernel',
    layer: 'layer',
    value,
    mask,
    axes,
    gates: 1,
    uses: 1,
    index: 0,
    statistics: {},
    ...rest,
  };
}

/** A weight and the scores of its units. */
export function candidate(scores: number[], layer = 'layer'): Candidate {
  return {
    weight: weightOf([scores.length, 1], {layer, name: `${layer}/kernel`}),
    scores: Float32Array.from(scores),
  };
}
