import type {Weight} from '../weight';
import type {Pattern} from './pattern';

/**
 * All elements that make one output are a unit: a filter of a convolution, a neuron of a dense layer, all gates
 * of a recurrent unit.
 */
export function channel(): Pattern {
  return Object.assign(
    ({value, axes, gates}: Weight) => {
      const outputs = value.shape[axes.output];
      const units = outputs / gates;
      const inner = value.shape.slice(axes.output + 1).reduce((product, dim) => product * dim, 1);
      const unitOf = Int32Array.from(
        {length: value.size},
        (_, i) => (Math.floor(i / inner) % outputs) % units,
      );
      return {units, unitOf};
    },
    {structured: true},
  );
}
