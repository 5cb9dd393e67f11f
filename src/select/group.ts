import {ones, type Weight} from '../model/weight';
import type {Numbering} from './numbering';
import {highestPruned, indexOfHighest, spread} from './select';

/** A weight and the scores of its units, −∞ for those that are masked already. */
export interface Candidate {
  readonly weight: Weight;
  readonly scores: Float32Array;
  /** All weights that the units are shared by, `weight` first; only `weight` by default. */
  readonly tied?: readonly Weight[];
  /** The fewest units that it may keep: 1 by default, 0 where the pattern may empty it. */
  readonly least?: 0 | 1;
  /** Whether its units are of more than one element, so that their scores are pooled; false by default. */
  readonly pooled?: boolean;
  /**
   * What goes with the units: the weights that they are of and, where channels are judged together, those that take
   * them in. Without it, the weight in equal parts.
   */
  readonly parts?: () => Part[];
}

/** A weight, and how many of its elements go with each unit. */
export interface Part {
  readonly weight: Weight;
  readonly elements: Float64Array;
}

/** What is scored of a weight. */
export interface Member extends Required<Omit<Candidate, 'parts' | 'tied'>> {
  readonly mask: Uint8Array;
  readonly numbering: Numbering;
}

/** Weights whose units live and die together, as those before an addition. */
export interface Group {
  /** What an allocation sees: the first of the weights, with the scores of the shared units. */
  readonly candidate: Omit<Member, 'mask' | 'numbering'> & Pick<Candidate, 'parts' | 'tied'>;
  readonly members: readonly Member[];
  /** The shared unit of each unit, for each of the members; undefined where the units are its own. */
  readonly unitsOf: readonly (Int32Array | undefined)[];
}

/** What is to become of one weight. */
export interface Decision extends Omit<Member, 'mask' | 'numbering'> {
  /** How many units it is to keep. */
  readonly keep: number;
  /** Its new mask, within the old one. */
  readonly bits: Uint8Array;
  /** The highest score of the units that go now; undefined where none goes. */
  readonly threshold: number | undefined;
}

/**
 * What becomes of the weights of a bundle when some shared units stay, as many as were asked for.
 *
 * @param kept Marks them, and also those that weights keep lest they are emptied.
 */
export function decided(
  {members, unitsOf}: Omit<Group, 'candidate'>,
  kept: Uint8Array,
  count: number,
): Decision[] {
  members.forEach(({scores, least}, m) => {
    // The best of the shared units may all be others' than those of this weight.
    const units = unitsOf[m];
    if (least > 0 && !(units === undefined ? kept.includes(1) : units.some((unit) => kept[unit]))) {
      const best = indexOfHighest(scores);
      kept[units === undefined ? best : units[best]] = 1;
    }
  });
  return members.map(({mask, numbering, ...candidate}, m) => {
    const own = unitsOf[m] === undefined ? kept : Uint8Array.from(unitsOf[m], (unit) => kept[unit]);
    const keep = own.length === kept.length ? count : ones(own);
    return {
      ...candidate,
      keep,
      bits: spread(own, mask, numbering),
      threshold: highestPruned(candidate.scores, own),
    };
  });
}

/** A weight whose units are its own. */
export function alone(member: Member): Group {
  const {weight, scores, least, pooled} = member;
  const unitsOf = [undefined];
  // Single elements are all alike, and may be very many.
  const parts = pooled ? () => partsOf([member], unitsOf, scores.length) : undefined;
  return {candidate: {weight, scores, least, pooled, parts}, members: [member], unitsOf};
}

/** How many elements of some weights go with each of the units that they share. */
export function partsOf(
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
