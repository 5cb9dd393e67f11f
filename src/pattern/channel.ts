import {dependentMasks} from '../channels/dependents';
import {tiedGroups} from '../channels/groups';
import {channelPlaces, sumOfPlaces} from '../model/axes';
import type {Weight} from '../model/weight';
import {assertCount, assertOptions} from '../util/options';
import {outputLayers} from './outputLayers';
import type {Pattern} from './pattern';

/**
 * All elements that make one output are a unit, which is so judged by the weights that make it: a filter of a
 * convolution, a neuron of a dense layer, all gates of a recurrent unit, a dimension of an embedding. Channels that are
 * tied to each other, as those that are added up, go together, unless the recipe says `groups: false`. The bias of a
 * unit, and gamma and beta of the batch norm after it, are masked with it, so that a pruned channel is 0 and stays so.
 *
 * formula: unit of an element = output index modulo (outputs / gates)
 *
 * @param roundTo What a layer keeps is rounded up to a multiple of this, 1 by default, as far as there are channels, and
 *   the result says so: for kernels that compute some channels at once, and as well any number of them.
 * @throws if that is not a whole number from 1.
 * @see Li et al.: Pruning Filters for Efficient ConvNets, 2017.
 * @example channel({roundTo: 4})
 */
export function channel(options: {roundTo?: number} = {}): Pattern {
  assertOptions('channel', options, ['roundTo']);
  const {roundTo = 1} = options;
  assertCount('channel', 'roundTo', roundTo);
  return Object.assign(
    (weight: Weight) => {
      const {units, places} = channelPlaces(weight);
      return {units, unitOf: sumOfPlaces(weight.value.shape, places)};
    },
    {skips: outputLayers, tie: tiedGroups, dependents: dependentMasks, roundTo},
  );
}
