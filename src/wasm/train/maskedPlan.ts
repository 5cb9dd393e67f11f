import {backend_util} from '@tensorflow/tfjs-core';
import type {ImageProduct, ImageWindow} from './imageProduct';

/** Which of the three products of a training step skip masked weights. */
export interface MaskedPlan {
  readonly forward: boolean;
  readonly input: boolean;
  readonly filter: boolean;
}

/** How many examples are computed at a time, with as many lanes left empty in the last tile. */
export const TILE = 32;

/**
 * Times as measured, in units of a remaining weight for one pixel of a tile: a number interleaved in a tile or taken out of
 * it, a weight listed, a call, a weight multiplied by its mask; and a weight of the dense products for one pixel of one
 * example.
 */
const cost = {
  interleave: 4,
  list: 1.8,
  call: 2000,
  mask: 0.11,
  dense: {
    matrix: {forward: 0.028, input: 0.024, filter: 0.018},
    image: {forward: 0.03, input: 0.018, filter: 0.0155},
  },
};

/** The share of the dense time that a sparse product has to promise to be below, as it is an estimate. */
const WORTH = 0.95;

/** The speed-up by each further thread, as measured for convolutions by two. */
const EFFICIENCY = 0.8;

/** The sizes of a convolution of x by a window. */
export function infoOf(shape: readonly number[], {filter, strides, pad}: ImageWindow) {
  type Four = [number, number, number, number];
  return backend_util.computeConv2DInfo([...shape] as Four, [...filter] as Four, [...strides], 1, pad);
}

/**
 * Plans each product by itself: one may pay where another does not.
 *
 * @param remaining How many weights are not masked.
 * @param threads How many threads the backend has.
 */
export function planMasked({images, window}: ImageProduct, remaining: number, threads: number): MaskedPlan {
  const {batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels} = infoOf(images, window);
  const [height, width] = window.filter;
  const tiles = Math.ceil(batchSize / TILE);
  const weights = height * width * inChannels * outChannels;
  const inputs = inHeight * inWidth;
  const outputs = outHeight * outWidth;
  const interleaved = cost.call + tiles * (inputs * inChannels + outputs * outChannels) * cost.interleave;
  const isMatrix = inputs * height * width === 1;
  const dense = isMatrix ? cost.dense.matrix : cost.dense.image;
  // A matrix is multiplied as it lies.
  const listed = isMatrix ? 0 : remaining * cost.list;
  // Convolutions share their work between threads, loops over remaining weights do not.
  const shared = isMatrix ? 1 : 1 / (1 + EFFICIENCY * (threads - 1));
  // tfjs reports images smaller than the window.
  const isFaster = (sparse: number, each: number, pixels: number, more = 0) =>
    outputs > 0 && outHeight > 0 && sparse < WORTH * batchSize * pixels * weights * each + more;
  return {
    forward: isFaster(
      interleaved + listed + tiles * outputs * remaining,
      dense.forward * shared,
      outputs,
      weights * cost.mask,
    ),
    input: isFaster(interleaved + listed + tiles * inputs * remaining, dense.input * shared, inputs),
    filter: isFaster(interleaved + tiles * outputs * remaining, dense.filter, outputs),
  };
}
