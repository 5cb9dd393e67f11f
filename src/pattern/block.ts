import {numbered, otherAxes, placesOf, sizeAlong, sumOfPlaces} from '../model/axes';
import type {Weight} from '../model/weight';
import {poolMax, poolMean} from '../select/units';
import {assertCount, assertOneOf, assertOptions} from '../util/options';
import type {Pattern} from './pattern';

const pools = {mean: poolMean, max: poolMax};

/**
 * Each tile is a unit, in the weight as a matrix `[all other axes, outputs]`, the layout of block-sparse kernels. Tiles at
 * the edges may be smaller, and are scored by the elements that they have. A recurrent layer's gates are adjacent columns.
 *
 * formula: unit of an element = ⌊row / height⌋ · ⌈columns / width⌉ + ⌊column / width⌋
 *
 * @param height The rows per tile. @param width The outputs per tile.
 * @param options.pool How a tile is scored by its elements: `'mean'` (default) or `'max'`.
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws unless height and width are whole numbers from 1.
 * @see Narang, Undersander, Diamos: Block-Sparse Recurrent Neural Networks, 2017.
 * @example block(4, 1)
 */
export function block(height: number, width: number, options: {pool?: keyof typeof pools} = {}): Pattern {
  for (const [name, size] of Object.entries({height, width})) {
    assertCount('block', name, size);
  }
  assertOptions('block', options, ['pool']);
  const {pool = 'mean'} = options;
  assertOneOf('block', 'pool', pool, ['mean', 'max']);
  return Object.assign(
    ({value: {shape}, axes}: Weight) => {
      const before = otherAxes(shape, axes.output);
      const across = Math.ceil(sizeAlong(shape, axes.output) / width);
      const unitOf = sumOfPlaces(
        shape,
        numbered(placesOf(shape, before), (row) => Math.floor(row / height) * across),
        numbered(placesOf(shape, axes.output), (column) => Math.floor(column / width)),
      );
      return {units: Math.ceil(sizeAlong(shape, before) / height) * across, unitOf};
    },
    {pool: pools[pool]},
  );
}
