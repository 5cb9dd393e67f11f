import {dependentMasks} from '../channels/dependents';
import {type Reduce, reduces, tiedGroups} from '../channels/groups';
import {channelPlaces, sumOfPlaces} from '../model/axes';
import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import type {Group} from '../select/group';
import {assertCount, assertOneOf, assertOptions} from '../util/options';
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
 * @param options.roundTo Rounds the count of kept channels up to a multiple, as far as the layer has channels, and reports it in the
 *   result; 1 by default. For kernels that compute several channels together.
 * @param options.reduce How the scores of tied channels make one: `'mean'` (default), `'sum'`, `'max'`, or `'first'`, that of the first
 *   weight. Sums favor channels that several layers produce; maxima keep a channel that one of them needs.
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws unless `roundTo` is a whole number from 1, and `reduce` one of these.
 * @see Li et al.: Pruning Filters for Efficient ConvNets, 2017.
 * @example channel({roundTo: 4})
 */
export function channel(options: {roundTo?: number; reduce?: Reduce} = {}): Pattern {
  assertOptions('channel', options, ['roundTo', 'reduce']);
  const {roundTo = 1, reduce = 'mean'} = options;
  assertCount('channel', 'roundTo', roundTo);
  assertOneOf('channel', 'reduce', reduce, reduces);
  const tie = (network: Network, groups: readonly Group[]) => tiedGroups(network, groups, reduce);
  return Object.assign(
    (weight: Weight) => {
      const {units, places} = channelPlaces(weight);
      return {units, unitOf: sumOfPlaces(weight.value.shape, places)};
    },
    {skips: outputLayers, tie, dependents: dependentMasks, roundTo},
  );
}
