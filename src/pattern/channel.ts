import {sizeAlong} from '../kinds';
import type {Weight} from '../weight';
import type {Pattern} from './pattern';

/**
 * All elements that make one output are a unit: a filter of a convolution, a neuron of a dense layer, all gates
 * of a recurrent unit. Where a batch norm takes the output, and it alone, its gamma and beta are masked with the unit,
 * so that a pruned channel is 0 after the norm.
 */
export function channel(): Pattern {
  return Object.assign(
    ({value: {shape, size}, axes, gates}: Weight) => {
      const outputs = sizeAlong(shape, axes.output);
      const units = outputs / gates;
      const [last] = [axes.output].flat().slice(-1);
      const inner = sizeAlong(shape, [...shape.keys()].slice(last + 1));
      const unitOf = Int32Array.from({length: size}, (_, i) => (Math.floor(i / inner) % outputs) % units);
      return {units, unitOf};
    },
    {structured: true},
  );
}
