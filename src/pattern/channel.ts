import {placesAlong, sizeAlong} from '../kinds';
import type {Weight} from '../weight';
import type {Pattern} from './pattern';

/**
 * All elements that make one output are a unit, which is so judged by the weights that make it: a filter of a
 * convolution, a neuron of a dense layer, all gates of a recurrent unit, a dimension of an embedding. Channels that are
 * tied to each other, as those that are added up, go together, unless the recipe says `groups: false`. The bias of a
 * unit, and gamma and beta of the batch norm after it, are masked with it, so that a pruned channel is 0 and stays so.
 *
 * formula: unit of an element = its place along the outputs, modulo outputs / gates
 *
 * @see Li et al.: Pruning Filters for Efficient ConvNets, 2017.
 */
export function channel(): Pattern {
  return Object.assign(
    ({value: {shape}, axes, gates}: Weight) => {
      const units = sizeAlong(shape, axes.output) / gates;
      return {units, unitOf: placesAlong(shape, axes.output).map((output) => output % units)};
    },
    {structured: true, groups: true as const},
  );
}
