import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {prunableWeights, type Weight} from '../model/weight';
import type {Candidate, Part} from '../select/group';
import type {Walk} from './channelGraph';
import {each} from './rules/fields';
import type {Slice} from './rules/rule';

/** How many elements of the weights that take in some channels go with each. */
export function takersOf(model: LayersModel, {channels, sites}: Walk, ids: Int32Array): Part[] {
  const unitAt = new Map(Array.from(ids, (id, unit) => [id, unit]));
  const slices = sites.flatMap(({visits: [{passage}]}) =>
    typeof passage === 'string' ? [] : passage.slices.filter(({role}) => role === 'takes'),
  );
  return prunableWeights(model).flatMap((weight) => {
    const slice = slices.find(({owner, field}) => variableOf(owner, field) === weight.value.name);
    const elements = new Float64Array(unitAt.size);
    for (const id of slice?.ids ?? []) {
      const unit = unitAt.get(channels.find(id));
      if (unit !== undefined) {
        elements[unit] += weight.value.size / (slice?.ids.length ?? 1);
      }
    }
    return elements.some((count) => count > 0) ? [{weight, elements}] : [];
  });
}

/** The channel of each unit of a weight, or undefined where its units are none of those that layers put out. */
export function channelsOf({channels, sites}: Walk, {weight, scores}: Candidate): Int32Array | undefined {
  for (const {visits} of sites) {
    const {passage} = visits[0];
    const slice = typeof passage === 'string' ? undefined : passage.slices.find((one) => makes(one, weight));
    if (slice !== undefined) {
      // Gates stand side by side; where each input has outputs of its own, they share its channel.
      const times = Math.max(1, scores.length / slice.ids.length);
      return each(slice.ids, times)
        .slice(0, scores.length)
        .map((id) => channels.find(id));
    }
  }
  return undefined;
}

/** Whether an axis of a layer's variable is that along which a weight makes channels. */
export function makes({owner, field, role}: Slice, {value}: Pick<Weight, 'value'>): boolean {
  return role !== 'takes' && variableOf(owner, field) === value.name;
}

export function variableOf(owner: object, field: string): string | undefined {
  return (owner as Record<string, LayerVariable | null | undefined>)[field]?.name;
}
