import {placesAlong, sizeAlong} from '../model/axes';
import {assertNoArguments} from '../util/options';
import type {Pattern} from './pattern';

/**
 * All elements that multiply one input form a unit: the outgoing weights of a unit in the previous layer. All outputs
 * remain, so that no layer is skipped. An input is a convolution's channel, a feature in a dense or recurrent layer, or an
 * embedding's word; after a flatten it is one position in a channel, not the whole channel.
 *
 * formula: unit of an element = input index
 *
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws if it gets an argument.
 * @see He, Zhang, Sun: Channel Pruning for Accelerating Very Deep Neural Networks, 2017.
 */
export function inputChannel(): Pattern {
  assertNoArguments('inputChannel', arguments);
  return ({value: {shape}, axes}) => ({
    units: sizeAlong(shape, axes.input),
    unitOf: placesAlong(shape, axes.input),
  });
}
