import {dependentMasks} from '../channels/dependents';
import {tiedGroups} from '../channels/groups';
import {channelPlaces, sumOfPlaces} from '../model/axes';
import type {Weight} from '../model/weight';
import {assertCount, assertOptions} from '../util/options';
import {outputLayers} from './outputLayers';
import type {Pattern} from './pattern';

/**
 * All elements that produce one output form a unit: a convolution's filter, a dense layer's neuron, all gates of a recurrent
 * unit, an embedding's dimension. Tied channels, such as those that are added, are pruned together, unless the recipe has
 * `groups: false`. Masks also cover the unit's bias, and gamma and beta in the batch norm after it, so that a pruned channel
 * is and remains 0.
 *
 * formula: unit of an element = output index modulo (outputs / gates)
 *
 * @param roundTo Rounds the count of kept channels up to a multiple, as far as the layer has channels, and reports it in the
 *   result; 1 by default. For kernels that compute several channels together.
 * @throws unless `roundTo` is a whole number from 1.
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
