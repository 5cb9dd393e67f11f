import {ones, type Weight} from '../model/weight';
import type {Numbering} from './numbering';
import {highestPruned, indexOfHighest} from './select';
import {spread} from './units';

/**
 * Weights whose units are kept or pruned together, as before an addition; most groups have one weight. Allocations and
 * thresholds count the units that each group keeps.
 */
export interface Group {
  /** The weights, of which the first is the first in the model. */
  readonly members: readonly Member[];
  /** The scores of its units, −∞ for those that are masked already. */
  readonly scores: Float32Array;
  /** The fewest units that it keeps: 0 if the pattern may empty it. */
  readonly minUnits: 0 | 1;
  /** The elements in other weights that are pruned with each unit, because they consume its channels. */
  readonly consumers?: () => Part[];
}

/** A weight in a group, with its mask, its own units and their scores. */
export interface Member {
  /** The weight. */
  readonly weight: Weight;
  /** 1 for each element that is not masked yet, in row-major order. */
  readonly mask: Uint8Array;
  /** Its units. */
  readonly numbering: Numbering;
  /** The score of each of its units, −∞ for those that are masked already. */
  readonly scores: Float32Array;
  /** The group's unit for each of its units; undefined if they are the same. */
  readonly shared?: Int32Array;
}

/** A weight, and how many of its elements are pruned with each unit in a group. */
export interface Part {
  /** The weight. */
  readonly weight: Weight;
  /** The number of its elements for each unit of the group. */
  readonly elements: Float64Array;
}

/** A weight's new mask. */
export interface Decision extends Pick<Member, 'weight' | 'scores'>, Pick<Group, 'minUnits'> {
  /** The number of units that were to be kept. */
  readonly asked: number;
  /** The new mask, within the old one. */
  readonly bits: Uint8Array;
  /** The highest score of the units that are pruned now; undefined if none is. */
  readonly threshold: number | undefined;
}

/** Whether the units have more than one element, so that scores are pooled. */
export function isPooled({members}: Group): boolean {
  return members.some(({scores, mask}) => scores.length < mask.length);
}

/**
 * The masks of a group's weights.
 *
 * @param kept Marks the units to keep. Marks are added for weights that would be emptied otherwise.
 * @param count The number of units that were to be kept.
 */
export function masksFor({members, minUnits}: Group, kept: Uint8Array, count: number): Decision[] {
  for (const {scores, shared} of minUnits > 0 ? members : []) {
    // The group's best units may all belong to other weights.
    if (!(shared === undefined ? kept.includes(1) : shared.some((unit) => kept[unit]))) {
      const best = indexOfHighest(scores);
      kept[shared === undefined ? best : shared[best]] = 1;
    }
  }
  return members.map(({weight, mask, numbering, scores, shared}) => {
    const own = shared === undefined ? kept : Uint8Array.from(shared, (unit) => kept[unit]);
    const asked = own.length === kept.length ? count : ones(own);
    const bits = spread(own, mask, numbering);
    return {weight, scores, minUnits, asked, bits, threshold: highestPruned(scores, own)};
  });
}
