import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Candidate} from '../allocation/allocation';
import {ones} from '../model/weight';
import type {Numbering} from '../pattern/pattern';
import {highestPruned, indexOfHighest, spread} from '../select/select';
import {walk} from './build';
import {channelsOf, partsOf, takersOf} from './consumers';

/** What is scored of a weight. */
export interface Member extends Required<Omit<Candidate, 'parts' | 'tied'>> {
  readonly mask: Uint8Array;
  readonly numbering: Numbering;
}

/** Weights whose units live and die together, as those before an addition. */
export interface Bundle {
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
  {members, unitsOf}: Omit<Bundle, 'candidate'>,
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
export function alone(member: Member): Bundle {
  const {weight, scores, least, pooled} = member;
  const unitsOf = [undefined];
  // Single elements are all alike, and may be very many.
  const parts = pooled ? () => partsOf([member], unitsOf, scores.length) : undefined;
  return {candidate: {weight, scores, least, pooled, parts}, members: [member], unitsOf};
}

/**
 * Bundles the weights whose channels are tied to each other; the score of a channel is the mean over the units of all
 * weights that make it, of which one with nothing left counts as 0.
 */
export function bundles(who: string, model: LayersModel, members: readonly Member[]): Bundle[] {
  const graph = walk(who, model);
  const channels = members.map((member) => channelsOf(graph, member));
  const first = new Map<number, number>();
  // Which bundle a member is in goes by the first member that it is tied to, over any number of others.
  const leaders = members.map((_, i) => i);
  const leaderOf = (i: number): number => (leaders[i] === i ? i : leaderOf(leaders[i]));
  channels.forEach((ids, i) => {
    for (const id of ids ?? []) {
      const other = first.get(id);
      if (other === undefined) {
        first.set(id, i);
      } else {
        const [a, b] = [leaderOf(other), leaderOf(i)];
        leaders[Math.max(a, b)] = Math.min(a, b);
      }
    }
  });
  return members.flatMap((leader, i) => {
    const inside = [...members.keys()].filter((j) => leaderOf(j) === i);
    const ids = channels[i];
    if (inside.length === 0 || ids === undefined) {
      return inside.length === 0 ? [] : [alone(leader)];
    }
    const tied = inside.length > 1 || new Set(ids).size < leader.scores.length;
    const bundle = tied
      ? together(
          inside.map((j) => members[j]),
          inside.map((j) => channels[j] as Int32Array),
        )
      : {...alone(leader), ids};
    const parts = () => [
      ...partsOf(bundle.members, bundle.unitsOf, bundle.ids.length),
      ...takersOf(model, graph, bundle.ids),
    ];
    return [{...bundle, candidate: {...bundle.candidate, parts}}];
  });
}

function together(members: readonly Member[], channels: readonly Int32Array[]): Bundle & {ids: Int32Array} {
  const units = new Map<number, number>();
  for (const id of channels.flatMap((ids) => [...ids])) {
    units.set(id, units.get(id) ?? units.size);
  }
  const unitsOf = channels.map((ids) => ids.map((id) => units.get(id) as number));
  const [sums, counts, alive] = [
    new Float64Array(units.size),
    new Float64Array(units.size),
    new Uint8Array(units.size),
  ];
  members.forEach(({scores}, m) => {
    scores.forEach((score, unit) => {
      const shared = unitsOf[m][unit];
      const isLeft = score > Number.NEGATIVE_INFINITY;
      sums[shared] += isLeft ? score : 0;
      counts[shared]++;
      alive[shared] |= +isLeft;
    });
  });
  const scores = Float32Array.from(sums, (sum, i) => (alive[i] ? sum / counts[i] : Number.NEGATIVE_INFINITY));
  const [{weight, least, pooled}] = members;
  const tied = members.map((member) => member.weight);
  const candidate = {weight, tied, scores, least, pooled};
  return {candidate, members, unitsOf, ids: Int32Array.from(units.keys())};
}
