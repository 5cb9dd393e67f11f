import {
  depthwiseConv2d,
  fused,
  ones,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import {type Form, formsFor, TILE} from './form';
import {nonzeros} from './nonzeros';
import {runSparseProduct} from './sparseProduct';
import {matrixWindow, outputsOf, sizesOf, type Window} from './window';

/** The costs of products on this machine, in microseconds: a multiplication, a block of nonzeros, a call. */
export interface Costs {
  /** A multiplication of the backend's own product, by the kind of product. */
  readonly dense: Readonly<Record<'row' | 'matrix' | 'image' | 'depthwise', number>>;
  /** The cost of an element of a window for each pixel and eight outputs, however few channels it is multiplied by. */
  readonly place: number;
  /** A block of nonzeros for one row, by its size. */
  readonly rows: Readonly<Record<number, number>>;
  /** A block of nonzeros for 16 pixels, by its size. */
  readonly tiles: Readonly<Record<number, number>>;
  /** For four channels of a pixel by themselves: an output, with its share of padding, and a block of nonzeros. */
  readonly channels: Readonly<Record<'output' | 'block', number>>;
  /** The cost to pack or unpack an input or output of 16 pixels, and that of each output of a row. */
  readonly packing: number;
  readonly output: number;
  /** Each call, however small: of the backend's products, of its convolutions, of products by nonzeros. */
  readonly call: Readonly<Record<'matrix' | 'image' | 'sparse', number>>;
}

/** Inputs and outputs of the layers that are measured: large enough to be no call alone. */
const SIDE = 128;
/** For one row, where all weights are read for each call: too large for the first cache. */
const ROW_SIDE = 512;
const PIXELS = 64;
/** How many weights there are for each block of those left. */
const SPARSE = 8;

const ROUNDS = 10;
/** Rounds go on until none of the least times falls by a twentieth in so many of them. */
const CALM = 5;
const FALL = 0.95;
/** How often each is called first, in microseconds at most, and how long each is repeated in a round. */
const WARM_UP = 100;
const [FIRST_TURN, TURN] = [10_000, 500];
/** The milliseconds after which no more rounds are added. */
const PATIENCE = 600;

const matrix = (side: number) => matrixWindow(side, side);

const depthwise: Window = {
  ...matrixWindow(64, 1),
  rows: 3,
  columns: 3,
  padding: 'same',
  isDepthwise: true,
};

/** Measures products of about the sizes that networks have. Runs in a scope of tfjs, which frees its tensors. */
export function measureCosts(): Costs {
  const row = ones([1, ROW_SIDE]) as Tensor2D;
  const rowSquare = ones([ROW_SIDE, ROW_SIDE]) as Tensor2D;
  const pixels = ones([PIXELS, SIDE]) as Tensor2D;
  const square = ones([SIDE, SIDE]) as Tensor2D;
  const bias = ones([SIDE]) as Tensor1D;
  const image = ones([1, 14, 14, 32]) as Tensor4D;
  const filter = ones([3, 3, 32, 32]) as Tensor4D;
  const gray = ones([1, 28, 28, 1]) as Tensor4D;
  const grayFilter = ones([5, 5, 1, 8]) as Tensor4D;
  const wide = ones([1, 28, 28, 64]) as Tensor4D;
  const spread = ones([3, 3, 64, 1]) as Tensor4D;
  const dot = ones([1, 3, 3, 1]) as Tensor4D;
  const dotFilter = ones([3, 3, 1, 8]) as Tensor4D;
  const one = ones([1, 8]) as Tensor2D;
  const least = ones([8, 8]) as Tensor2D;
  const [blocks, rowBlocks] = [SIDE ** 2 / SPARSE, ROW_SIDE ** 2 / SPARSE];
  const time = leastTimes({
    matrixCall: () => fused.matMul({a: one, b: least}),
    imageCall: () => fused.conv2d({x: dot, filter: dotFilter, strides: 1, pad: 'valid'}),
    denseRow: () => fused.matMul({a: row, b: rowSquare}),
    denseMatrix: () => fused.matMul({a: pixels, b: square, bias}),
    denseImage: () => fused.conv2d({x: image, filter, strides: 1, pad: 'same'}),
    denseGray: () => fused.conv2d({x: gray, filter: grayFilter, strides: 1, pad: 'same'}),
    denseDepthwise: () => depthwiseConv2d(wide, spread, 1, 'same'),
    sparseCall: sparse(one, matrix(8), 1, 0),
    noRow: sparse(row, matrix(ROW_SIDE), 1, 0),
    row: sparse(row, matrix(ROW_SIDE), 1, rowBlocks),
    rowBy4: sparse(row, matrix(ROW_SIDE), 4, rowBlocks),
    noTile: sparse(pixels, matrix(SIDE), 1, 0),
    tile: sparse(pixels, matrix(SIDE), 1, blocks),
    tileBy2: sparse(pixels, matrix(SIDE), 2, blocks),
    noChannel: sparse(wide, depthwise, 4, 0),
    channel: sparse(wide, depthwise, 4, 64),
  });
  // Costs that are lost in noise count as a little, not as nothing.
  const each = (whole: number, without: number, count: number) =>
    Math.max(whole - without, whole / 10) / count;
  const tiles = PIXELS / TILE;
  // Of both an element of a window takes p + (multiplications) · m, for each pixel and eight outputs.
  const colored = each(time.denseImage, time.imageCall, 14 ** 2 * 9 * 4);
  const plain = each(time.denseGray, time.imageCall, 28 ** 2 * 25);
  const perImage = Math.max(colored / 512, (colored - plain) / (32 * 8 - 8));
  return {
    place: Math.max(0, plain - 8 * perImage),
    dense: {
      row: each(time.denseRow, time.matrixCall, ROW_SIDE ** 2),
      matrix: each(time.denseMatrix, time.matrixCall, PIXELS * SIDE ** 2),
      image: perImage,
      depthwise: each(time.denseDepthwise, time.imageCall, 28 ** 2 * 9 * 64),
    },
    rows: {1: each(time.row, time.noRow, rowBlocks), 4: each(time.rowBy4, time.noRow, rowBlocks)},
    tiles: {
      1: each(time.tile, time.noTile, blocks * tiles),
      2: each(time.tileBy2, time.noTile, blocks * tiles),
    },
    channels: {
      output: each(time.noChannel, time.sparseCall, 28 ** 2 * 16),
      block: each(time.channel, time.noChannel, 28 ** 2 * 64),
    },
    packing: each(time.noTile, time.sparseCall, 2 * SIDE * tiles),
    output: each(time.noRow, time.sparseCall, ROW_SIDE),
    call: {matrix: time.matrixCall, image: time.imageCall, sparse: time.sparseCall},
  };
}

/** A sparse product with a number of blocks, which are spread evenly. */
function sparse(x: Tensor, window: Window, size: number, blocks: number): () => Tensor {
  const values = new Float32Array(window.rows * window.columns * window.channels * window.filters);
  for (let block = 0; block < blocks; block++) {
    const at = Math.floor((block * values.length) / size / blocks) * size;
    values.fill(1, at, at + size);
  }
  const form = formsFor(window, sizesOf(window, x.shape)).find((one) => one.size === size) as Form;
  const {words, groups, taken} = nonzeros(values, window, form);
  const inputs = {x, nonzeros: tensor(words, [words.length], 'int32'), bias: ones([outputsOf(window)])};
  const attributes = {window, form, groups, taken, low: -Infinity, high: Infinity};
  return () => runSparseProduct(inputs, attributes);
}

/**
 * The least times of some calls in microseconds, taken in turns, as other work of the machine only adds to them, and code
 * is fast only when it has run for a while. On a busy machine few turns are undisturbed, least of all on several threads, so
 * that rounds go on while they find lower times.
 */
function leastTimes<Name extends string>(calls: Record<Name, () => Tensor>): Record<Name, number> {
  const names = Object.keys(calls) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<
    Name,
    number
  >;
  const start = performance.now();
  for (const name of names) times[name] = timeOf(calls[name], WARM_UP, FIRST_TURN);
  const isTired = () => performance.now() - start > PATIENCE;
  for (let round = 0, calm = 0; round < ROUNDS || (calm < CALM && !isTired()); round++, calm++) {
    for (const name of names) {
      // As long as it takes a clock that browsers make coarse.
      const time = timeOf(calls[name], Math.min(1000, Math.ceil(TURN / times[name])));
      if (time < FALL * times[name]) calm = -1;
      times[name] = Math.min(times[name], time);
    }
  }
  return times;
}

/** The mean time of some calls in microseconds, or of fewer that take `most` microseconds. */
function timeOf(call: () => Tensor, count: number, most = Number.POSITIVE_INFINITY): number {
  const start = performance.now();
  let [taken, done] = [0, 0];
  while (done < count && taken < most) {
    call().dispose();
    done++;
    taken = (performance.now() - start) * 1000;
  }
  return taken / done;
}
