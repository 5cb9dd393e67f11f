import {type TileAttrs, type TileInputs, util} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

type Tile = Kernel<TileInputs, TileAttrs>;

/**
 * Repeats a tensor along its axes, the last one first, so that the copied pieces grow; the gradient of batch normalization
 * tiles its statistics. Falls back to the stock kernel for strings and for 0 repetitions.
 */
export const tile =
  (stock: Tile): Tile =>
  (args) => {
    const {
      inputs: {x},
      attrs: {reps},
      backend,
    } = args;
    if (x.dtype === 'string' || reps.includes(0)) return stock(args);
    const out = backend.makeOutput(
      x.shape.map((size, axis) => size * reps[axis]),
      x.dtype,
    );
    const to = backend.typedArrayFromHeap(out);
    // Works in place from the last piece to the first, so that no piece is overwritten before it is copied.
    let size = util.sizeFromShape(x.shape);
    to.set(backend.typedArrayFromHeap(x));
    for (let axis = reps.length - 1; axis >= 0; axis--) {
      const pieces = util.sizeFromShape(x.shape.slice(0, axis));
      const length = size / pieces;
      for (let piece = pieces - 1; piece >= 0; piece--) {
        for (let copy = reps[axis] - 1; copy >= 0; copy--) {
          to.copyWithin((piece * reps[axis] + copy) * length, piece * length, (piece + 1) * length);
        }
      }
      size *= reps[axis];
    }
    return out;
  };
