import {shapeOf} from '../../channels/rules/fields';
import {size} from '../../model/axes';
import {kindOf} from '../../model/kinds';
import {variablesOf} from '../../model/tfjs';
import type {Leaf} from '../../model/tree';
import {maskedOf, usesIn} from '../../model/weight';

/** A model's cost, zeros included. */
export interface Cost {
  /** The elements of all weights, without masks. */
  readonly parameters: number;
  /** Multiplications per example by the weights that `report` counts; dimensions of unknown size count as 1. */
  readonly macs: number;
  /** The parameters as float32. */
  readonly bytes: number;
}

export function costOf(all: readonly Leaf[]): Cost {
  const masks = new Set(all.flatMap(({layer}) => maskedOf(layer).map(({mask}) => mask.name)));
  // By name, because layers may share an inner layer.
  const sizes = new Map(
    all
      .flatMap(({layer}) => variablesOf(layer))
      .filter(({name}) => !masks.has(name))
      .map(({name, shape}) => [name, size(shape as number[])]),
  );
  const parameters = sum([...sizes.values()]);
  const macs = sum(all.map(multiplications));
  return {parameters, macs, bytes: parameters * Float32Array.BYTES_PER_ELEMENT};
}

function multiplications({layer, calls, inner}: Leaf): number {
  const own = Object.entries(kindOf(layer)?.weights ?? {}).map(([field, layout]) => {
    const shape = shapeOf(layer, field);
    return usesIn(calls, layout, shape) * size(shape);
  });
  return sum([...own, ...inner.map(multiplications)]);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
