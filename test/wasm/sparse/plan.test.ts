import type {Costs} from '../../../src/wasm/sparse/measureCosts';
import {plan} from '../../../src/wasm/sparse/plan';
import type {Window} from '../../../src/wasm/sparse/window';

const window: Window = {
  rows: 1,
  columns: 1,
  channels: 8,
  filters: 16,
  rowStep: 1,
  columnStep: 1,
  rowDilation: 1,
  columnDilation: 1,
  padding: 'valid',
  isDepthwise: false,
};

/** A multiplication takes 1, one by a nonzero 2, and all the rest nothing. */
const costs: Costs = {
  dense: {row: 1, matrix: 1, image: 1, depthwise: 1},
  rows: {1: 2, 4: 4},
  tiles: {1: 32, 2: 48},
  channels: {output: 0, block: 4},
  packing: 0,
  output: 0,
  call: {matrix: 0, image: 0, sparse: 0},
  place: 0,
};

/** So many blocks of one output as are given, none of which share an input. */
const apart = (count: number) => () => count;

it('plan takes the nonzeros of one row one by one where they are few', () => {
  // 128 multiplications against 2 · 20.
  expect(plan(window, [1, 8], apart(20), costs)).toMatchObject({form: expect.anything(), share: 40 / 128});
  expect(plan(window, [1, 8], apart(20), costs).form).toMatchObject({loop: 'rows', size: 1});
});

it('plan takes blocks where their outputs share inputs', () => {
  const together = (size: number) => 40 / size;
  expect(plan(window, [1, 8], together, costs).form).toMatchObject({loop: 'rows', size: 4});
  expect(plan(window, [32, 8], together, costs).form).toMatchObject({loop: 'tiles', size: 2});
});

it('plan computes densely where nonzeros promise too little', () => {
  // 60 · 2 of 128 is no more than a promise.
  expect(plan(window, [1, 8], apart(60), costs)).toEqual({share: 120 / 128});
});

it('plan counts what a tile computes of pixels that are not there', () => {
  // One tile of 16 for 4 rows: 20 · 32 against 4 · 128, and 20 · 32 against 16 · 128.
  expect(plan(window, [4, 8], apart(20), costs)).toEqual({share: 640 / 512});
  expect(plan(window, [16, 8], apart(20), costs).share).toBe(640 / 2048);
});

it('plan counts the outputs that the backend computes in vain, as it computes them by eights', () => {
  expect(plan({...window, filters: 9}, [1, 8], apart(20), costs).share).toBe(40 / 128);
});

it('plan counts packing, and bands that overlap', () => {
  const image: Window = {...window, rows: 3, columns: 3, padding: 'same'};
  const known = {...costs, packing: 1};
  // 36 outputs in rows of 8, so 3 tiles and one more at most for a band; 64 pixels in 5 cache lines for each channel.
  const {share} = plan(image, [1, 6, 6, 8], apart(0), known);
  expect(share).toBe((5 * 8 + 4 * 16) / (36 * 9 * 8 * 16));
});

it('plan counts what places of a window take, however few channels there are', () => {
  const gray: Window = {...window, channels: 1, rows: 3, columns: 3};
  // 16 outputs in two eights, for 9 places of 4 · 4 pixels; 10 blocks for two tiles, in rows of 6, and one more for
  // the band.
  const {share} = plan(gray, [1, 6, 6, 1], apart(10), {...costs, place: 12});
  expect(share).toBe((10 * 32 * 3) / (16 * 9 * (16 + 2 * 12)));
});

it('plan takes depthwise kernels four channels at a time', () => {
  const depthwise: Window = {...window, rows: 3, columns: 3, filters: 1, isDepthwise: true};
  const chosen = plan(depthwise, [1, 5, 5, 8], apart(6), costs);
  // 9 elements of 9 · 8 / 4 blocks: 9 places of 9 · 8 multiplications against 6 blocks of 4.
  expect(chosen).toMatchObject({form: {loop: 'channels', size: 4}, share: 24 / 72});
});

describe('plan for several threads', () => {
  const half = () => 64;

  it('shares what takes them long enough, and counts it as a share of the time', () => {
    // 64 · 32 for each tile, of which one thread has two and the others one; 10 for sharing, and a tenth as they are uneven.
    const chosen = plan(window, [64, 8], () => 20, costs, 3);
    expect(chosen.isShared).toBe(true);
    expect(chosen.share).toBeCloseTo((10 + 1.1 * 20 * 32 * 2) / (64 * 128));
  });

  it('does not share a single row, a single tile, or what takes less than 50 µs', () => {
    for (const shape of [
      [1, 8],
      [16, 8],
    ]) {
      expect(plan(window, shape, () => 2, {...costs, packing: 100, output: 10}, 2).isShared).not.toBe(true);
    }
    expect(plan(window, [32, 8], () => 0.75, costs, 2)).toMatchObject({share: 48 / 4096, isShared: false});
  });

  it('computes by nonzeros what takes one thread longer than the backend, but not all of them', () => {
    expect(plan(window, [64, 8], half, costs, 1).form).toBeUndefined();
    expect(plan(window, [64, 8], half, costs, 4).form).toMatchObject({loop: 'tiles'});
  });
});
