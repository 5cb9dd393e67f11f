import {ones, type Weight} from '../model/weight';
import type {Numbering} from './numbering';
import {highestPruned, indexOfHighest, spread} from './select';

/** A weight and the scores of its units, −∞ for those that are masked already. An allocation sees these of each group. */
export interface Candidate {
  readonly weight: Weight;
  readonly scores: Float32Array;
  /** All weights that share the units, `weight` first; only `weight` by default. */
  readonly tied?: readonly Weight[];
  /** The fewest units that it may keep: 1 by default, 0 where the pattern may empty it. */
  readonly least?: 0 | 1;
  /** Whether its units are of more than one element, so that their scores are pooled; false by default. */
  readonly pooled?: boolean;
  /**
   * The elements pruned with each unit: of the weights of the group and, where channels are judged together, of the
   * weights that consume them. Without it, equal parts of the weight.
   */
  readonly parts?: () => Part[];
}

/** A weight, and how many of its elements are pruned with each unit. */
export interface Part {
  readonly weight: Weight;
  readonly elements: Float64Array;
}

/** A weight with its mask, its units and their scores. */
export interface Member extends Required<Omit<Candidate, 'parts' | 'tied'>> {
  readonly mask: Uint8Array;
  readonly numbering: Numbering;
}

/** Weights whose units are kept or pruned together, as those before an addition; most groups are of one weight. */
export interface Group extends Candidate {
  readonly members: readonly Member[];
  /** The shared unit of each unit, for each of the members; undefined where the units are its own. */
  readonly unitsOf: readonly (Int32Array | undefined)[];
}

/** The new mask of a weight. */
export interface Decision extends Omit<Member, 'mask' | 'numbering'> {
  /** How many units it was to keep. */
  readonly keep: number;
  /** Its new mask, within the old one. */
  readonly bits: Uint8Array;
  /** The highest score of the units that are pruned now; undefined where none is. */
  readonly threshold: number | undefined;
}

/** A group of one weight, whose units are its own. */
export function singleGroup(member: Member): Group {
  const {weight, scores, least, pooled} = member;
  const unitsOf = [undefined];
  // Single elements are all alike, and may be very many.
  const parts = pooled ? () => elementsPerUnit([member], unitsOf, scores.length) : undefined;
  return {weight, scores, least, pooled, parts, members: [member], unitsOf};
}

/**
 * The masks of the weights of a group.
 *
 * @param kept Marks the shared units to keep. Marks are added for weights that would be emptied otherwise.
 * @param count How many shared units were to be kept.
 */
export function masksFor({members, unitsOf}: Group, kept: Uint8Array, count: number): Decision[] {
  members.forEach(({scores, least}, m) => {
    // The best of the shared units may all belong to other weights.
    const units = unitsOf[m];
    if (least > 0 && !(units === undefined ? kept.includes(1) : units.some((unit) => kept[unit]))) {
      const best = indexOfHighest(scores);
      kept[units === undefined ? best : units[best]] = 1;
    }
  });
  return members.map(({mask, numbering, ...rest}, m) => {
    const own = unitsOf[m] === undefined ? kept : Uint8Array.from(unitsOf[m], (unit) => kept[unit]);
    const keep = own.length === kept.length ? count : ones(own);
    return {...rest, keep, bits: spread(own, mask, numbering), threshold: highestPruned(rest.scores, own)};
  });
}

/** How many elements of some weights belong to each of the units that they share. */
export function elementsPerUnit(
  members: readonly {weight: Weight; numbering: Numbering}[],
  unitsOf: readonly (Int32Array | undefined)[],
  units: number,
): Part[] {
  return members.map(({weight, numbering: {unitOf}}, m) => {
    const elements = new Float64Array(units);
    const shared = unitsOf[m];
    for (let i = 0; i < weight.value.size; i++) {
      const unit = unitOf === undefined ? i : unitOf[i];
      elements[shared === undefined ? unit : shared[unit]]++;
    }
    return {weight, elements};
  });
}
