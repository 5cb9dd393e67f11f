import type * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {between} from '../arbitraries';
import type {Nd} from './nd';
import {reachOf} from './windows';

/** A layer with its inputs, and its definition as a function of them and of its weights. */
export interface Case {
  /** The description shown on failure. */
  readonly config: object;
  readonly inputs: readonly (readonly number[])[];
  readonly layer: () => tf.layers.Layer;
  /** The mask over the steps of its input. */
  readonly mask?: () => tf.Tensor;
  readonly define: (inputs: Nd[], weights: Nd[]) => Nd;
  /** False if tfjs has no gradient on any backend. */
  readonly trains?: boolean;
}

export const dims = (count: number, max: number) =>
  fc.array(between(1, max), {minLength: count, maxLength: count});
export const isFirst = fc.boolean();
export const format = (first: boolean) => (first ? 'channelsFirst' : 'channelsLast');
/** The shape of images or volumes [batch, …lengths, channels], or with channels first. */
export const shaped = (batch: number, lengths: number[], channels: number, first: boolean) =>
  first ? [batch, channels, ...lengths] : [batch, ...lengths, channels];

/** Windows over `rank` dimensions, with strides larger and smaller than the windows and lengths from 1. */
export const moving = (rank: number, largest: {length: number; size: number; stride: number}) =>
  fc
    .record({
      batch: between(1, 3),
      lengths: dims(rank, largest.length),
      channels: between(1, 4),
      size: dims(rank, largest.size),
      strides: dims(rank, largest.stride),
      padding: fc.constantFrom('same' as const, 'valid' as const),
      // With channelsFirst, Conv1D reads its channels first, but outputs them last.
      isFirst: rank > 1 ? isFirst : fc.constant(false),
    })
    .map(({batch, lengths, channels, isFirst, ...steps}) => {
      const input = shaped(batch, lengths, channels, isFirst);
      const {out} = reachOf([batch, ...lengths, channels], steps);
      return {input, isFirst, steps, channels, isEmpty: Math.min(...out) < 1};
    })
    .filter(({isEmpty}) => !isEmpty);
