import type {DataId, Variable} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {kindOf} from './kinds';
import {variablesOf} from './tfjs';
import type {Leaf} from './tree';
import {usesIn} from './weight';

/** A weight of two or more dimensions without a mask, for which zeros are counted. */
export interface PlainWeight {
  readonly name: string;
  /** The path of the leaf. */
  readonly layer: string;
  readonly value: Variable;
  /** The number of multiplications per element for one example. */
  readonly uses: number;
}

/** The weights with two or more dimensions in some leaves and the layers inside them, each once. */
export function plainWeightsOf(all: readonly Leaf[]): PlainWeight[] {
  const found = new Map<string, PlainWeight>();
  const visit = (leaf: Leaf, holder: Leaf) => {
    const held = new Set(leaf.inner.flatMap(({layer}) => variablesOf(layer)));
    for (const variable of variablesOf(leaf.layer)) {
      if (held.has(variable) || variable.shape.length < 2) continue;
      const weight = plainWeight(leaf, holder, variable);
      const seen = found.get(variable.name);
      const uses = (seen?.uses ?? 0) + weight.uses;
      found.set(variable.name, {...(seen ?? weight), uses});
    }
    for (const inner of leaf.inner) visit(inner, holder);
  };
  for (const leaf of all) visit(leaf, leaf);
  return [...found.values()];
}

function plainWeight({layer, path, calls}: Leaf, holder: Leaf, variable: LayerVariable): PlainWeight {
  const layouts = kindOf(layer)?.weights ?? {};
  const field =
    Object.entries(layer).find(([, value]) => value === variable)?.[0] ??
    variable.originalName.replace(/^.*\//, '');
  const value = variable.read() as Variable;
  const uses = usesIn(calls, layouts[field] ?? {uses: () => 1}, value.shape);
  return {name: `${path}/${field}`, layer: holder.path, value, uses};
}

/** The number of nonzero elements by data id, which changes with each assignment. */
const counted = new WeakMap<DataId, number>();

/** The number of nonzero elements. New values that are only on the device are read synchronously. */
export function nonzerosSync(value: Variable): number {
  const known = counted.get(value.dataId);
  if (known !== undefined) return known;
  return count(value.dataId, value.dataSync());
}

/** Counts the nonzero elements asynchronously, for `nonzerosSync`. */
export async function countNonzeros(value: Variable): Promise<void> {
  const {dataId} = value;
  if (!counted.has(dataId)) count(dataId, await value.data());
}

function count(dataId: DataId, values: ArrayLike<number>): number {
  let kept = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0) kept++;
  }
  counted.set(dataId, kept);
  return kept;
}
