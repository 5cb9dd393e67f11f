import type {LayersModel} from '@tensorflow/tfjs-layers';
import {kindOf} from '../kinds';
import {heldBy, type Layer, variablesOf} from '../tfjs';
import {leaves} from '../tree';
import {callsOf, maskedOf} from '../weight';
import {shapeOf} from './flow/mixes';

/** What a model takes, zeros and all. */
export interface Cost {
  /** The elements of all weights, without masks. */
  readonly parameters: number;
  /** Multiplications for one example by the weights that `report` counts; dimensions of unknown size count as 1. */
  readonly macs: number;
  /** The parameters as float32. */
  readonly bytes: number;
}

export function costOf(model: LayersModel): Cost {
  let [parameters, macs] = [0, 0];
  for (const {layer, calls} of leaves(model)) {
    const masks = new Set(maskedOf(layer).map(({mask}) => mask.name));
    for (const {name, shape} of variablesOf(layer)) {
      parameters += masks.has(name) ? 0 : (shape as number[]).reduce((product, dim) => product * dim, 1);
    }
    const shapes = callsOf(layer);
    const used = multiplications(layer, shapes);
    macs += (used / Math.max(1, shapes.length)) * calls;
  }
  return {parameters, macs, bytes: parameters * Float32Array.BYTES_PER_ELEMENT};
}

/** Those in all of some calls. */
function multiplications(layer: Layer, calls: ReturnType<typeof callsOf>): number {
  const inside = heldBy(layer).filter((inner) => variablesOf(inner).length > 0);
  const own = Object.entries(kindOf(layer)?.weights ?? {}).map(([field, {uses}]) => {
    const shape = shapeOf(layer, field);
    const size = shape.reduce((product, dim) => product * dim, 1);
    return calls.reduce((sum, call) => sum + uses(call, shape) * size, 0);
  });
  return [...own, ...inside.map((inner) => multiplications(inner, calls))].reduce(
    (sum, count) => sum + count,
    0,
  );
}
