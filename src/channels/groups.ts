import {type Network, once} from '../model/network';
import type {Group, Member} from '../select/group';
import {buildChannelGraph} from './build';
import {channelsOf, consumersOf} from './consumers';

/** How the scores of tied units make one, by name. */
const reductions = {
  mean: (scores: readonly number[]) => sumOf(scores) / scores.length,
  sum: sumOf,
  max: (scores: readonly number[]) => Math.max(...scores),
  first: ([score]: readonly number[]) => score,
} as const;

/** The ways to make one score of those of tied units. */
export const reduces = Object.keys(reductions) as readonly Reduce[];
export type Reduce = keyof typeof reductions;

function sumOf(scores: readonly number[]): number {
  return scores.reduce((total, score) => total + score, 0);
}

/**
 * Merges groups of one weight whose channels are tied. A channel's score is that of the units of all weights that produce it,
 * reduced to one; a fully masked unit counts as 0.
 */
export function tiedGroups(network: Network, singles: readonly Group[], reduce: Reduce): Group[] {
  const graph = once(network, buildChannelGraph);
  const members = singles.map(({members: [member]}) => member);
  const channels = members.map((member) => channelsOf(graph, member));
  return membersTied(channels).map((tied) => {
    const [leader] = tied;
    const ids = channels[leader];
    if (ids === undefined) return singles[leader];
    const isAlone = tied.length === 1 && new Set(ids).size === ids.length;
    const {minUnits} = singles[leader];
    const {ids: shared, ...merged} = isAlone
      ? {ids, members: [members[leader]], scores: singles[leader].scores}
      : mergedUnits(
          tied.map((i) => members[i]),
          tied.map((i) => channels[i] as Int32Array),
          reductions[reduce],
        );
    return {...merged, minUnits, consumers: () => consumersOf(network, graph, shared)};
  });
}

/** Lists, by place, the members with channels in common, directly or through others; a member without channels is alone. */
function membersTied(channels: readonly (Int32Array | undefined)[]): number[][] {
  const first = new Map<number, number>();
  const leaders = channels.map((_, i) => i);
  const leaderOf = (i: number): number => (leaders[i] === i ? i : leaderOf(leaders[i]));
  channels.forEach((ids, i) => {
    for (const id of ids ?? []) {
      const [a, b] = [leaderOf(first.get(id) ?? i), leaderOf(i)];
      first.set(id, first.get(id) ?? i);
      leaders[Math.max(a, b)] = Math.min(a, b);
    }
  });
  const tied = channels.map((_, i) => [...channels.keys()].filter((other) => leaderOf(other) === i));
  return tied.filter(({length}) => length > 0);
}

/** The units in a group of several weights, which are their distinct channels `ids`. */
function mergedUnits(
  members: readonly Member[],
  channels: readonly Int32Array[],
  reduce: (scores: readonly number[]) => number,
): Pick<Group, 'members' | 'scores'> & {ids: Int32Array} {
  const units = new Map<number, number>();
  for (const id of channels.flatMap((ids) => [...ids])) {
    units.set(id, units.get(id) ?? units.size);
  }
  const merged = members.map((member, m) => ({
    ...member,
    shared: channels[m].map((id) => units.get(id) as number),
  }));
  const tied: number[][] = Array.from(units, () => []);
  const alive = new Uint8Array(units.size);
  for (const {scores, shared} of merged) {
    scores.forEach((score, unit) => {
      const isUnmasked = score > Number.NEGATIVE_INFINITY;
      tied[shared[unit]].push(isUnmasked ? score : 0);
      alive[shared[unit]] |= +isUnmasked;
    });
  }
  const scores = Float32Array.from(tied, (all, i) => (alive[i] ? reduce(all) : Number.NEGATIVE_INFINITY));
  return {members: merged, scores, ids: Int32Array.from(units.keys())};
}
