import {numbered, otherAxes, placesOf, sizeAlong, sumOfPlaces} from '../model/axes';
import type {Pattern} from './pattern';

/**
 * All elements between one input and one output are a unit: a k×k slice of a convolution, with all gates of a
 * recurrent one. In a layer without space it is the single element, or one of each gate.
 *
 * formula: unit of an element = input index · outputs + output index
 *
 * @see Anwar, Hwang, Sung: Structured Pruning of Deep Convolutional Neural Networks, 2017.
 */
export function kernel(): Pattern {
  return ({value: {shape}, axes, gates}) => {
    // Where each input has outputs of its own, the output tells the input.
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
