import type {LayersModel} from '@tensorflow/tfjs-layers';
import {buildMeasuredGraph} from '../../channels/build';
import {maskZeros} from '../../channels/maskZeros';
import {readPrunable} from '../../model/network';
import {readAll} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import {assertCount, assertFlag, assertOptions} from '../../util/options';
import {renameLayers} from '../configuration';
import type {LayerCopiers} from '../copies';
import {remake} from '../rebuild';
import {plainName} from '../strip';
import {noteReport} from './compactReport';
import {fillWeights} from './fillWeights';
import {liveCalls} from './liveCalls';
import {smallerConfiguration} from './smallerConfiguration';
import {solveKept} from './solveKept';

/** Options for `compact`. */
export interface CompactOptions {
  /** Rounds the number of channels that a layer keeps up to a multiple, if it has enough; 1 by default. */
  roundTo?: number;
  /** Whether the layers of the new model have masks, so that pruning goes on; elements that are 0 are masked. False by default. */
  masks?: boolean;
  /** Functions that copy layers, as for `prunable`; none by default. */
  layers?: LayerCopiers;
}

/**
 * Makes a plain tfjs model, or with `masks` one that can be pruned further, with the same outputs, without pruned and unused channels: smaller and faster on every
 * backend. Constant channels are removed too: they are added to the next bias where that is exact, and elsewhere, as
 * before padding, one of them carries the others. Branches that add nothing are removed. Each layer keeps at least one
 * channel; inputs and outputs keep their shapes. The given model is unchanged. `compactReport` lists the new model's removed
 * channels, and why others remain.
 *
 * The new model is compiled like the given one. Its optimizer has the slots of the remaining weights, the decaying factors
 * and the number of steps: where whole channels were pruned, both models train to the same weights. A bias that absorbs
 * constants, and a weight that carries others, keeps its slots, because its gradient is the same. A bias that the layer did
 * not have starts with new ones, and the weights of removed constants are no longer trained. A custom optimizer starts
 * afresh.
 *
 * @param options.roundTo Rounds the number of channels that a layer keeps up to a multiple, if it has enough; 1 by default.
 * @param options.masks Whether the layers of the new model have masks, so that pruning goes on; false by default.
 * @param options.layers Functions that copy layers, as for `prunable`.
 * @returns the smaller model. It belongs to the caller.
 * @throws if the model has no prunable layer or is not built, if all channels of a layer that no branch bypasses are pruned, or
 *   if it cannot be rebuilt from its configuration.
 * @see Fang et al.: DepGraph: Towards Any Structural Pruning, 2023.
 * @example
 * await prune(model, 0.5, {pattern: channel()});
 * const small = await compact(model);
 * console.log(`${compactReport(small)}`);
 */
export async function compact(model: LayersModel, options: CompactOptions = {}): Promise<LayersModel> {
  const network = readPrunable('compact', model);
  assertOptions('compact', options, ['roundTo', 'masks', 'layers']);
  const {roundTo = 1, masks = false, layers} = options;
  assertCount('compact', 'roundTo', roundTo);
  assertFlag('compact', 'masks', masks);
  const read = await readAll(network);
  const graph = await buildMeasuredGraph(network, read);
  const {live, kept} = liveCalls(network, graph, solveKept(graph, read), read, roundTo);
  const {made, copyOf} = await remake(
    network,
    (json) => smallerConfiguration(model, masks ? json : renameLayers(json, plainName), graph, kept, live),
    (copies, sources) => fillWeights(graph, kept, read, copies, sources),
    layers,
  );
  const left = (layer: Layer) => copyOf(layer) !== undefined;
  noteReport(network, made, graph, kept, left);
  if (masks) await maskZeros('compact', made);
  return made;
}
