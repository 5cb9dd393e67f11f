import {numbered, otherAxes, placesOf, sizeAlong, sumOfPlaces} from '../model/axes';
import {assertNoArguments} from '../util/options';
import type {Pattern} from './pattern';

/**
 * All elements between one input and one output form a unit: a convolution's k×k slice, across all gates if it is recurrent.
 * In a dense layer that is a single element, in a recurrent layer one per gate.
 *
 * formula: unit of an element = input index · outputs + output index
 *
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws if it gets an argument.
 * @see Anwar, Hwang, Sung: Structured Pruning of Deep Convolutional Neural Networks, 2017.
 */
export function kernel(): Pattern {
  assertNoArguments('kernel', arguments);
  return ({value: {shape}, axes, gates}) => {
    // If each input has its own outputs, the output determines the input.
    const inputs = [axes.input].filter((axis) => otherAxes(shape, axes.output).includes(axis));
    const outputs = sizeAlong(shape, axes.output) / gates;
    const unitOf = sumOfPlaces(
      shape,
      numbered(placesOf(shape, inputs), (input) => input * outputs),
      numbered(placesOf(shape, axes.output), (output) => output % outputs),
    );
    return {units: sizeAlong(shape, inputs) * outputs, unitOf};
  };
}
