import type * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';

export const runs = {numRuns: 60, seed: 42};

export const seed = fc.nat(1e6);

/** An integer in [low, high]. */
export const between = (min: number, max: number) => fc.integer({min, max});

/** The padding of an image. */
export const pad = fc.oneof(
  fc.constantFrom('valid' as const, 'same' as const),
  fc.nat(3),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(
    ([top, bottom, left, right]): tf.backend_util.ExplicitPadding => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  ),
);
