import * as tf from '@tensorflow/tfjs';
import type {Group, Network, Scored} from 'tfjs-pruning';
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
    who: 'prune',
    network: {} as Network,
    index: 0,
    statistics: {},
    ...rest,
  };
}

/** A group of one weight whose units are as many elements each, one after the other. */
export function groupOf(weight: Scored, scores: Float32Array): Group {
  const {size} = weight.value;
  const unitOf = Int32Array.from({length: size}, (_, i) => Math.floor((i * scores.length) / size));
  const numbering = {units: scores.length, unitOf: scores.length < size ? unitOf : undefined};
  return {members: [{weight, mask: new Uint8Array(size).fill(1), numbering, scores}], scores, minUnits: 1};
}

/** A group of one weight with the scores of its elements. */
export function group(scores: number[], layer = 'layer'): Group {
  const weight = weightOf([scores.length, 1], {layer, name: `${layer}/kernel`});
  return groupOf(weight, Float32Array.from(scores));
}
