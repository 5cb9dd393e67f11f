import type {LayersModel} from '@tensorflow/tfjs-layers';
import {alone, type Group, type Member, partsOf} from '../select/group';
import {buildChannelGraph} from './build';
import {channelsOf, consumersOf} from './consumers';

/**
 * Groups the weights whose channels are tied to each other; the score of a channel is the mean over the units of all
 * weights that make it, of which one with nothing left counts as 0.
 */
export function tiedGroups(who: string, model: LayersModel, members: readonly Member[]): Group[] {
  const graph = buildChannelGraph(who, model);
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
      ? mergedGroup(
          inside.map((j) => members[j]),
          inside.map((j) => channels[j] as Int32Array),
        )
      : {...alone(leader), ids};
    const parts = () => [
      ...partsOf(bundle.members, bundle.unitsOf, bundle.ids.length),
      ...consumersOf(model, graph, bundle.ids),
    ];
    return [{...bundle, candidate: {...bundle.candidate, parts}}];
  });
}

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
