import type {Weight} from '../model/weight';
import {keptUnits} from '../select/select';
import {describe} from '../util/describe';
import {isRecord} from '../util/options';
import type {Allocation} from './allocation';
import {givenFor} from './named';

/** A weight's sparsity: a number, or a function of the target sparsity. */
export type WeightSparsity = number | ((sparsity: number, weight: Weight) => number);

/**
 * Prunes weights to individual sparsities, as `{conv1: 0.3, 'dense1/kernel': (sparsity) => sparsity / 2}`; other weights
 * get the sparsity of the target.
 *
 * formula: kept = n·(1 − sparsity of the weight), of its n units
 *
 * @param sparsities By weight name, or by layer name for all its weights; weight names take precedence. Of weights whose
 *   channels are tied, any may be named.
 * @returns an allocation, for the option `allocation` of recipes.
 * @throws if a sparsity is not in [0, 1); when it is used, if nothing has the name, or if tied weights get different ones.
 * @example perWeight({dense1: 0.95})
 */
export function perWeight(sparsities: Readonly<Record<string, WeightSparsity>>): Allocation {
  if (!isRecord(sparsities)) {
    throw new Error(`perWeight: expected sparsities by name, as {conv1: 0.5}, got ${describe(sparsities)}`);
  }
  for (const [name, sparsity] of Object.entries(sparsities)) {
    if (typeof sparsity !== 'function') {
      assertSparsity(name, sparsity);
    }
  }
  return (groups, asked) => {
    const names = groups.flatMap(({members}) => members).flatMap(({weight: {name, layer}}) => [name, layer]);
    const unknown = Object.keys(sparsities).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new Error(
        `perWeight: no weight or layer "${unknown}" to prune; there are ${[...new Set(names)].join(', ')}`,
      );
    }
    const givenBy = (weight: Weight) => {
      const key = [weight.name, weight.layer].find((name) => Object.hasOwn(sparsities, name));
      if (key === undefined) return undefined;
      const given = sparsities[key];
      const sparsity = typeof given === 'function' ? given(asked, weight) : given;
      assertSparsity(weight.name, sparsity);
      return [key, sparsity] as const;
    };
    return groups.map((group) =>
      keptUnits(group.scores.length, givenFor('perWeight', group, givenBy) ?? asked, group.minUnits),
    );
  };
}

function assertSparsity(name: string, sparsity: unknown): void {
  if (!(typeof sparsity === 'number' && sparsity >= 0 && sparsity < 1)) {
    throw new Error(`perWeight: the sparsity of "${name}" must be in [0, 1), got ${describe(sparsity)}`);
  }
}
