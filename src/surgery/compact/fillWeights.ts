import {tensor, type Variable} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import type {ChannelGraph, LayerNode} from '../../channels/channelGraph';
import type {Read} from '../../model/readAll';
import {fieldsIn, type Layer, variableIn, withInnerLayers} from '../../model/tfjs';
import {copyWeights} from '../copyWeights';
import type {CopyOf} from '../rebuild';
import type {Sources} from '../slots';
import {sliced} from './sliced';
import type {Folded, KeptChannels} from './solveKept';

/**
 * Writes the weights of a model that was made from the smaller configuration: the elements of the remaining channels, with
 * the constants that biases absorb and carriers carry. Runs inside a tf.tidy.
 *
 * @param sources Gets where each weight comes from, by which its slots are carried over.
 */
export function fillWeights(
  graph: ChannelGraph,
  kept: KeptChannels,
  read: Read,
  copyOf: CopyOf,
  sources: Sources,
): void {
  for (const node of graph.layers) {
    const target = copyOf(node.layer);
    if (target === undefined) continue;
    if (node.calls[0].propagation.weightAxes.length === 0) copyWeights(node.layer, target, sources);
    else fillLayer(node, target, kept, read, sources);
  }
}

function fillLayer(node: LayerNode, target: Layer, kept: KeptChannels, read: Read, sources: Sources): void {
  const [owners, targets] = [withInnerLayers(node.layer), withInnerLayers(target)];
  const [folded, carried] = [kept.folded(node), kept.carried(node)];
  owners.forEach((owner, i) => {
    const own = carried.filter(({linearMap}) => linearMap.carriers?.owner === owner);
    const weights: Partial<Record<string, Float32Array>> = Object.assign(
      {},
      ...own.map((one) => one.weights(read)),
    );
    for (const [field, variable] of variablesByField(targets[i])) {
      const source = variableIn(owner, field);
      const added = folded.filter(({linearMap: {bias}}) => bias?.owner === owner && bias.field === field);
      const values = withAdded(weights[field] ?? read(owner, field), added);
      const shape = (source?.shape ?? [values.length]) as number[];
      const places =
        source === undefined
          ? new Map([[0, keptPlaces(added[0].linearMap.to, kept)]])
          : placesByAxis(node, owner, field, kept);
      if (source !== undefined) {
        // Also for a bias that absorbs constants: its gradient, and so its slots, are unchanged.
        sources.set(variable, {variable: source, pick: (slot) => sliced(slot, shape, places)});
      }
      (variable.read() as Variable).assign(tensor(sliced(values, shape, places), variable.shape as number[]));
      variable.trainable = (source ?? variablesByField(owner)[0]?.[1])?.trainable ?? true;
    }
  });
}

function variablesByField(layer: Layer): [field: string, variable: LayerVariable][] {
  return Object.entries(fieldsIn<Record<string, unknown>>(layer)).filter(
    (entry): entry is [string, LayerVariable] =>
      typeof (entry[1] as LayerVariable | undefined)?.read === 'function',
  );
}

/** A weight plus the sums of removed constants. A bias that the layer did not have is 0. */
function withAdded(values: Float32Array | undefined, added: readonly Folded[]): Float32Array {
  return added.reduce(
    (sums, one) => sums.map((sum, place) => sum + one.added[place]),
    values ?? new Float32Array(added[0].linearMap.to.length),
  );
}

/** The remaining places along each axis of a weight that runs over channels. */
function placesByAxis({calls}: LayerNode, owner: Layer, field: string, kept: KeptChannels) {
  const axes = calls[0].propagation.weightAxes.filter((one) => one.owner === owner && one.field === field);
  return new Map(axes.map(({axis, ids}) => [axis, keptPlaces(ids, kept)]));
}

function keptPlaces(ids: Int32Array, kept: KeptChannels): number[] {
  return [...ids.keys()].filter((place) => kept.has(ids[place]));
}
