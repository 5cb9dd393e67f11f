import {costs} from './costs';
import {type Form, formsFor, TILE} from './form';
import type {Costs} from './measureCosts';
import {isMatrix, type Sizes, sizesOf, type Window} from './window';

/** How a layer is computed, and the reason. */
export interface Plan {
  /** The form of the nonzeros; undefined where the layer is computed densely. */
  readonly form?: Form;
  /** The time that the nonzeros take over the time of the dense product, by estimate. */
  readonly share: number;
  /** Whether the threads that there are share the product. */
  readonly isShared?: boolean;
}

/** The gain that an estimate has to promise, as it is not measured. */
const WORTH = 0.85;

/**
 * Chooses how to compute inputs of a shape.
 *
 * @param blocks How many blocks of a size there are.
 * @param known The costs of products; those of this machine by default.
 * @param threads How many threads share products.
 */
export function plan(
  window: Window,
  shape: readonly number[],
  blocks: (size: number) => number,
  known: Costs = costs(),
  threads = 1,
): Plan {
  const sizes = sizesOf(window, shape);
  // tfjs reports missing examples, and images smaller than the window.
  if (Math.min(sizes.count, sizes.outHeight, sizes.outWidth) < 1) return {share: 1};
  const all = denseTime(window, sizes, known);
  const times = formsFor(window, sizes).map((form) => {
    const alone = sparseTime(form, window, sizes, known, blocks(form.size));
    const shared =
      form.loop === 'rows' || alone < WORTH_SHARING ? alone : sharedTime(alone, window, sizes, threads);
    return {form, time: Math.min(alone, shared), isShared: shared < alone};
  });
  const best = times.reduce((one, other) => (other.time < one.time ? other : one));
  const share = best.time / all;
  return share < WORTH ? {form: best.form, share, isShared: best.isShared} : {share};
}

/** The least cost of a product that threads share, in microseconds, and the cost of sharing. */
const WORTH_SHARING = 50;
const SHARING = 10;
/** By how much the threads end at different times. */
const UNEVEN = 1.1;

function sharedTime(alone: number, window: Window, sizes: Sizes, threads: number): number {
  const {count, outHeight, outWidth} = sizes;
  const rows = isMatrix(window) ? Math.ceil(outWidth / TILE) : count * outHeight;
  return SHARING + (UNEVEN * alone * Math.ceil(rows / threads)) / rows;
}

/** The backend computes outputs by eights. */
const EIGHT = 8;

function denseTime(window: Window, {count, outHeight, outWidth, depth}: Sizes, known: Costs): number {
  const {rows, columns, channels, isDepthwise} = window;
  const {dense, call, place} = known;
  const pixels = count * outHeight * outWidth;
  const eights = Math.ceil(depth / EIGHT);
  if (isMatrix(window)) {
    const each = pixels === 1 ? dense.row : dense.matrix;
    return call.matrix + pixels * eights * EIGHT * channels * each;
  }
  const atOnce = isDepthwise ? depth * dense.depthwise : eights * (EIGHT * channels * dense.image + place);
  return call.image + pixels * rows * columns * atOnce;
}

function sparseTime(form: Form, window: Window, sizes: Sizes, known: Costs, blocks: number): number {
  const {channels, rowStep, columnStep} = window;
  const {count, outHeight, outWidth, depth} = sizes;
  const {loop, size, bandHeight, pitch, plane} = form;
  const {call, output, packing, channels: byFours} = known;
  if (loop === 'channels') {
    const pixels = count * outHeight * outWidth;
    return call.sparse + pixels * ((depth / 4) * byFours.output + blocks * byFours.block);
  }
  if (loop === 'rows') return call.sparse + outWidth * (depth * output + blocks * known.rows[size]);
  if (isMatrix(window)) {
    const tiles = Math.ceil(outWidth / TILE);
    return call.sparse + tiles * ((channels + depth) * packing + blocks * known.tiles[size]);
  }
  const bands = Math.ceil(outHeight / bandHeight);
  const tiles = Math.ceil((outHeight * pitch) / TILE) + bands;
  const packed = (bands * plane * rowStep * columnStep) / (4 * TILE);
  return (
    call.sparse +
    count * (packed * channels * packing + tiles * (depth * packing + blocks * known.tiles[size]))
  );
}
