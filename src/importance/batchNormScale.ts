import {abs, concat, matMul, reshape, type Tensor, tensor2d, type Variable} from '@tensorflow/tfjs-core';
import {buildChannelGraph} from '../channels/build';
import {channelsOf} from '../channels/consumers';
import {sizeAlong} from '../model/axes';
import {type Network, once} from '../model/network';
import {variableIn} from '../model/tfjs';
import type {Weight} from '../model/weight';
import {assertNoArguments} from '../util/options';
import type {Importance, Scored} from './importance';
import {overUnits} from './units';

/**
 * Scores each channel by the scale of the batch norm after it, the mean if there are several, as where branches are added.
 * Train with a penalty on the scales, or a large weight decay, for scores that tell channels apart. A weight without a batch
 * norm that scales all its channels is unchanged, and listed in the result. For `channel()`.
 *
 * formula: |γ| of the channel
 * data: none
 * cost: one pass over the scales
 * pruned first: the channel with the smallest scale.
 *
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws if it gets an argument.
 * @see Liu, Li, Shen, Huang, Yan, Zhang: Learning Efficient Convolutional Networks through Network Slimming, 2017.
 */
export function batchNormScale(): Importance {
  assertNoArguments('batchNormScale', arguments);
  return Object.assign(
    (weight: Scored) => {
      const {scales, places} = scalesOf(weight.network, weight) as Scales;
      const means = new Float32Array(places.length * sizeOf(scales));
      places.forEach((own, unit) => {
        for (const place of own) means[unit * sizeOf(scales) + place] = 1 / own.length;
      });
      const column = reshape(concat(scales.map((scale): Tensor => abs(scale))), [-1, 1]);
      return overUnits(weight, matMul(tensor2d(means, [places.length, sizeOf(scales)]), column));
    },
    {
      withoutScore: (network: Network, weight: Weight) =>
        scalesOf(network, weight) === undefined
          ? 'it has no batch norm that scales all its channels'
          : undefined,
    },
  );
}

/** Scales of batch norms. */
interface Scales {
  readonly scales: readonly Variable[];
  /** For each unit its places in the scales, one after the other. */
  readonly places: readonly (readonly number[])[];
}

const sizeOf = (scales: readonly Variable[]) => scales.reduce((sum, {size}) => sum + size, 0);

/** The scales of a weight's channels; undefined unless each channel has one. */
function scalesOf(network: Network, weight: Weight): Scales | undefined {
  const graph = once(network, buildChannelGraph);
  const {value, axes, gates} = weight;
  const units = sizeAlong(value.shape, axes.output) / gates;
  const ids = channelsOf(graph, {weight, scores: new Float32Array(units)});
  const unitOf = new Map(Array.from(ids ?? [], (id, unit) => [id, unit]));
  const places: number[][] = Array.from({length: units}, () => []);
  const scales: Variable[] = [];
  for (const {calls} of graph.layers) {
    for (const {owner, field, role, ids: passing} of calls[0].propagation.weightAxes) {
      const scale = role === 'perChannel' && field === 'gamma' ? variableIn(owner, field) : undefined;
      const found = Array.from(passing, (id) => unitOf.get(graph.channels.find(id)));
      if (scale === undefined || found.every((unit) => unit === undefined)) continue;
      const start = sizeOf(scales);
      scales.push(scale.read() as Variable);
      found.forEach((unit, place) => {
        if (unit !== undefined) places[unit].push(start + place);
      });
    }
  }
  return ids !== undefined && places.every(({length}) => length > 0) ? {scales, places} : undefined;
}
