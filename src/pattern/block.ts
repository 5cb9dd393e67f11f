import {numbered, otherAxes, placesOf, sizeAlong, sumOfPlaces} from '../model/axes';
import type {Weight} from '../model/weight';
import {poolMax, poolMean} from '../select/select';
import {assertCount, assertOneOf, assertOptions} from '../util/options';
import type {Pattern} from './pattern';

const pools = {mean: poolMean, max: poolMax};

/**
 * Tiles of a weight seen as the matrix [everything before, outputs] are units, as kernels for sparse products want
 * them. Tiles at the edges are smaller and judged by their true members; the gates of a recurrent layer stand side by
 * side, as the product has them.
 *
 * formula: unit of an element = ⌊row / height⌋ · ⌈columns / width⌉ + ⌊column / width⌋
 *
 * @param height How many rows. @param width How many outputs.
 * @param pool The score of a tile: the `'mean'` of its elements by default, or the `'max'`.
 * @throws if the height or the width is not a whole number from 1.
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
