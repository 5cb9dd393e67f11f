import {placesAlong, sizeAlong} from '../model/axes';
import type {Pattern} from './pattern';

/**
 * All elements that use one input are a unit: the outgoing weights of a unit of the layer before, which is so judged
 * by those that use it, and no output is taken away, so that no layer is spared. An input is a channel of a convolution,
 * a feature of a dense or recurrent layer, a word of an embedding; after a flatten one position of a channel, not the
 * channel.
 *
 * formula: unit of an element = input index
 *
 * @see He, Zhang, Sun: Channel Pruning for Accelerating Very Deep Neural Networks, 2017.
 */
export function inputChannel(): Pattern {
  return ({value: {shape}, axes}) => ({
    units: sizeAlong(shape, axes.input),
    unitOf: placesAlong(shape, axes.input),
  });
}
