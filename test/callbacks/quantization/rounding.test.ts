import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {enableTraining} from 'tfjs-pruning/wasm';
import {gridFor} from '../../../callbacks/quantization/grid';
import type {Granularity} from '../../../callbacks/quantization/options';
import {Places, roundingFor} from '../../../callbacks/quantization/rounding';
import '../../support/backends';

const [ROWS, COLUMNS] = [9, 7];
const size = ROWS * COLUMNS;

interface Case {
  readonly granularity: Granularity;
  readonly bits: number;
  readonly kernel: number[];
  /** The values to which the grid is fitted, which the weight then leaves. */
  readonly moved: number[];
  readonly mask: number[];
}

const values = fc.array(fc.float({min: -2, max: 2, noNaN: true}), {minLength: size, maxLength: size});
const cases: fc.Arbitrary<Case> = fc.record({
  granularity: fc.constantFrom('codebook', 'channel', 'tensor'),
  bits: fc.integer({min: 2, max: 8}),
  kernel: values,
  moved: values,
  mask: fc.integer({min: 0, max: 9}).chain((share) =>
    fc.array(
      fc.integer({min: 0, max: 8}).map((x) => Number(x < share)),
      {minLength: size, maxLength: size},
    ),
  ),
});

/** The rounded weight on the current backend, with values on the borders of the codebook among the others. */
function rounded({granularity, bits, kernel, moved, mask}: Case): number[] {
  const places = new Places(Uint8Array.from(mask), [ROWS, COLUMNS]);
  const {positions} = places;
  const remaining = Float32Array.from(positions ?? kernel.keys(), (i) => kernel[i]);
  const grid = gridFor(granularity, bits, remaining, positions, COLUMNS);
  const given = Float32Array.from(moved);
  if ('entries' in grid) {
    for (let i = 0; i + 1 < grid.entries.length; i += 2)
      given[i] = (grid.entries[i] + grid.entries[i + 1]) / 2;
  }
  const rounding = roundingFor(grid, remaining.length, positions);
  const result = tf.tidy(() => rounding.round(tf.tensor(given, [ROWS, COLUMNS]), places).dataSync());
  rounding.dispose();
  places.dispose();
  return [...result];
}

it('weights are rounded to the same bits on cpu, and on wasm with and without enableTraining()', async () => {
  const on = async (backend: string, all: Case[]) => {
    await tf.setBackend(backend);
    return all.map(rounded);
  };
  const all = fc.sample(cases, 300);
  const expected = await on('cpu', all);
  expect(await on('wasm', all)).toEqual(expected);
  const disable = enableTraining();
  expect(await on('wasm', all)).toEqual(expected);
  disable();
  await tf.setBackend('cpu');
});
