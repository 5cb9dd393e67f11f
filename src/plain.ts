import type {DataId, Variable} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {type Call, kindOf} from './kinds';
import {type Layer, variablesOf} from './tfjs';
import type {Leaf} from './tree';
import {builtWithin, callsOf, usesIn} from './weight';

/** A weight of two or more dimensions, counted by its zeros. */
export interface PlainWeight {
  readonly name: string;
  readonly value: Variable;
  /** How many multiplications an element takes part in for one example. */
  readonly uses: number;
}

/** The weights of two or more dimensions of a layer and of the layers inside it. */
export function plainWeightsOf({layer, path, calls}: Leaf): PlainWeight[] {
  return weightsIn(layer, path, callsOf(layer)).map((weight) => ({...weight, uses: weight.uses * calls}));
}

function weightsIn(layer: Layer, path: string, calls: Call[]): PlainWeight[] {
  const inside = builtWithin(layer, path);
  const layouts = kindOf(layer)?.weights ?? {};
  const held = new Set(inside.flatMap(([inner]) => variablesOf(inner)));
  const fieldOf = (variable: LayerVariable) =>
    Object.entries(layer).find(([, value]) => value === variable)?.[0] ??
    variable.originalName.replace(/^.*\//, '');
  const own = variablesOf(layer)
    .filter((variable) => !held.has(variable) && variable.shape.length > 1)
    .map((variable) => {
      const [field, value] = [fieldOf(variable), variable.read() as Variable];
      const uses = field in layouts ? usesIn(calls, layouts[field], value.shape) : 1;
      return {name: `${path}/${field}`, value, uses};
    });
  return [...own, ...inside.flatMap(([inner, innerPath]) => weightsIn(inner, innerPath, calls))];
}

/** How many elements of variables are not 0, by their data, of which each assignment brings new. */
const counted = new WeakMap<DataId, number>();

/** How many elements are not 0. Values that are only on the device, and new, are read synchronously. */
export function nonzerosNow(value: Variable): number {
  const known = counted.get(value.dataId);
  if (known !== undefined) return known;
  const values = value.dataSync();
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0) count++;
  }
  counted.set(value.dataId, count);
  return count;
}
