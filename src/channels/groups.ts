import {type Network, once} from '../model/network';
import {elementsPerUnit, type Group, type Member, singleGroup} from '../select/group';
import {buildChannelGraph} from './build';
import {channelsOf, consumersOf} from './consumers';

/**
 * Groups weights whose channels are tied. The score of a channel is the mean over the units of all weights that produce
 * it, where a fully masked unit counts as 0.
 */
export function tiedGroups(network: Network, members: readonly Member[]): Group[] {
  const graph = once(network, buildChannelGraph);
  const channels = members.map((member) => channelsOf(graph, member));
  const first = new Map<number, number>();
  // Members form a group with the first one that they are tied to, directly or through others.
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
      return inside.length === 0 ? [] : [singleGroup(leader)];
    }
    const tied = inside.length > 1 || new Set(ids).size < leader.scores.length;
    const {ids: channelIds, ...group} = tied
      ? mergedGroup(
          inside.map((j) => members[j]),
          inside.map((j) => channels[j] as Int32Array),
        )
      : {...singleGroup(leader), ids};
    const parts = () => [
      ...elementsPerUnit(group.members, group.unitsOf, channelIds.length),
      ...consumersOf(network, graph, channelIds),
    ];
    return [{...group, parts}];
  });
}

/** One group of weights, whose units are their distinct channels. */
function mergedGroup(members: readonly Member[], channels: readonly Int32Array[]): Group & {ids: Int32Array} {
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
      const isUnmasked = score > Number.NEGATIVE_INFINITY;
      sums[shared] += isUnmasked ? score : 0;
      counts[shared]++;
      alive[shared] |= +isUnmasked;
    });
  });
  const scores = Float32Array.from(sums, (sum, i) => (alive[i] ? sum / counts[i] : Number.NEGATIVE_INFINITY));
  const [{weight, least, pooled}] = members;
  const tied = members.map((member) => member.weight);
  return {weight, tied, scores, least, pooled, members, unitsOf, ids: Int32Array.from(units.keys())};
}
