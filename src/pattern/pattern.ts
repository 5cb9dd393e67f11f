import type {Allocation} from '../allocation/allocation';
import type {Change} from '../model/mask';
import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import type {Decision, Group} from '../select/group';
import type {Numbering, Pool} from '../select/numbering';
import {describe} from '../util/describe';
import {ask} from '../util/factory';

/** Defines which elements of a weight are kept or pruned together. */
export interface Pattern {
  (weight: Weight): Numbering;
  /**
   * The names of the layers that it skips, as in `Weight.layer`, unless the recipe has `where`: none by default, the output
   * layers for `channel()`.
   */
  readonly skips?: (network: Network) => ReadonlySet<string>;
  /**
   * Groups the weights of a model whose units are tied, as `channel()` does for channels that are added up. Without it
   * each weight is a group of its own.
   */
  readonly tie?: (network: Network, groups: readonly Group[]) => Group[];
  /** Masks for other variables that follow from new masks, as for the biases in pruned channels. */
  readonly dependents?: (network: Network, decisions: readonly Decision[]) => Promise<Change[]>;
  /** Pools element scores to a unit's score; the mean by default. */
  readonly pool?: Pool;
  /**
   * Marks the units to keep by their scores, −∞ for those that are masked. Such a pattern selects the units itself,
   * whatever the allocation and the target, unless that is 0.
   */
  readonly select?: (weight: Weight, scores: Float32Array) => Uint8Array;
  /** The fewest units that a weight keeps: 1 by default, 0 if the pattern may empty it. */
  readonly minUnits?: 0 | 1;
  /** Rounds the number of kept units up to a multiple, as far as there are units; 1 by default. */
  readonly roundTo?: number;
  /** Divides a sparsity among the weights if the recipe has no allocation; `uniform()` by default. */
  readonly allocation?: Allocation;
}

/** The numbering that a pattern gives a weight. @throws unless it fits the weight. */
export function numberingOf(who: string, pattern: Pattern, weight: Weight): Numbering {
  const {
    name,
    value: {shape, size},
  } = weight;
  const numbering: Partial<Numbering> | undefined = ask(who, 'pattern', pattern, weight);
  const {units, unitOf} = numbering ?? {};
  if (!Number.isInteger(units)) {
    throw new Error(
      `${who}: pattern must return a numbering of elements into units, got ${describe(numbering)}`,
    );
  }
  const given = `weight "${name}" of shape [${shape}] has ${size} elements, and the pattern gave`;
  if (unitOf === undefined ? units !== size : unitOf.length !== size) {
    throw new Error(
      `${who}: ${given} ${unitOf === undefined ? `${units} units` : `numbers to ${unitOf.length}`}`,
    );
  }
  if (unitOf !== undefined) {
    const found = new Uint8Array(units as number);
    for (let i = 0; i < unitOf.length; i++) {
      const unit = unitOf[i];
      if (!(unit >= 0 && unit < found.length)) {
        throw new Error(`${who}: ${given} one of them the number ${unit} of ${units} units`);
      }
      found[unit] = 1;
    }
    if (found.includes(0)) {
      throw new Error(`${who}: ${given} none of them the number ${found.indexOf(0)} of ${units} units`);
    }
  }
  return numbering as Numbering;
}
