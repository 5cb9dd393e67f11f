import type * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {between} from '../arbitraries';
import type {Nd} from './nd';
import {reachOf} from './windows';

/** A layer with its inputs, and what it is to compute of them and its weights. */
export interface Case {
  /** What a failure shows. */
  readonly config: object;
  readonly inputs: readonly (readonly number[])[];
  readonly layer: () => tf.layers.Layer;
  /** Which steps of its input count. */
  readonly mask?: () => tf.Tensor;
  readonly define: (inputs: Nd[], weights: Nd[]) => Nd;
  /** False where tfjs has no gradient on any backend. */
  readonly trains?: boolean;
}

export const dims = (count: number, max: number) =>
  fc.array(between(1, max), {minLength: count, maxLength: count});
export const isFirst = fc.boolean();
export const format = (first: boolean) => (first ? 'channelsFirst' : 'channelsLast');
/** The shape of images or volumes [batch, …lengths, channels], with channels first if so. */
export const shaped = (batch: number, lengths: number[], channels: number, first: boolean) =>
  first ? [batch, channels, ...lengths] : [batch, ...lengths, channels];

/** Windows over `rank` dimensions: strides larger and smaller than windows, lengths from 1. */
export const moving = (rank: number, largest: {length: number; size: number; stride: number}) =>
  fc
    .record({
      batch: between(1, 3),
      lengths: dims(rank, largest.length),
      channels: between(1, 4),
      size: dims(rank, largest.size),
      strides: dims(rank, largest.stride),
      padding: fc.constantFrom('same' as const, 'valid' as const),
      // With channels first tfjs takes those of Conv1D, but puts them out last.
      isFirst: rank > 1 ? isFirst : fc.constant(false),
    })
    .map(({batch, lengths, channels, isFirst, ...steps}) => {
      const input = shaped(batch, lengths, channels, isFirst);
      const {out} = reachOf([batch, ...lengths, channels], steps);
      return {input, isFirst, steps, channels, isEmpty: Math.min(...out) < 1};
    })
    .filter(({isEmpty}) => !isEmpty);
