import {global} from '../allocation/global';
import {dependentMasks} from '../channels/dependents';
import type {Weight} from '../model/weight';
import {assertNoArguments} from '../util/options';
import {outputLayers} from './outputLayers';
import type {Pattern} from './pattern';

/**
 * A whole weight is a unit, kept or pruned as one; for models with parallel branches. Only this pattern may empty a weight.
 * The default allocation is `global()`, so that a sparsity is the share of weights to empty; at least one is kept.
 *
 * formula: unit of an element = 0
 *
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws if it gets an argument.
 * @see Chen, Zhao: Shallowing Deep Networks, 2018.
 */
export function layer(): Pattern {
  assertNoArguments('layer', arguments);
  return Object.assign(({value: {size}}: Weight) => ({units: 1, unitOf: new Int32Array(size)}), {
    skips: outputLayers,
    dependents: dependentMasks,
    minUnits: 0 as const,
    allocation: global(),
  });
}
