import type {LayersModel} from '@tensorflow/tfjs-layers';
import {buildMeasuredGraph} from '../../channels/build';
import {readAll} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import {assertBuilt} from '../../model/tree';
import {prunableWeights} from '../../model/weight';
import {assertCount, assertOptions} from '../../util/options';
import type {LayerCopiers} from '../copies';
import {remake} from '../rebuild';
import {type CompactReport, compactReport} from './compactReport';
import {liveCalls} from './liveCalls';
import {planRewrite} from './planRewrite';
import {solveKept} from './solveKept';

export interface CompactOptions {
  /** The channels that layers keep are rounded up to multiples of this, as far as there are; 1 by default. */
  multipleOf?: number;
  /** Functions that copy layers, as for `prunable`. */
  layers?: LayerCopiers;
}

/** A plain model, with what became of the one that it was made of. */
export type CompactModel = LayersModel & {readonly compacted: CompactReport};

/**
 * A plain tfjs model with the same outputs and without the channels that are pruned or that nobody needs: smaller and
 * faster on every backend. Constant channels are removed too: they are added to the next bias where that is exact, and
 * elsewhere, as before padding, one of them carries the others. A branch that adds nothing goes whole. The model given
 * stays as it is; the `compacted` of the new one tells what was removed and what had to stay, and why. A layer keeps a
 * channel at least; inputs and outputs keep their shapes.
 *
 * The new model is compiled like the given one, and its optimizer has the slots of the remaining weights, the decaying
 * factors and the count of steps: where whole channels were pruned, both train on to the same weights. A bias that
 * absorbs constants, and a weight that carries others, keeps its slots, as its gradient does not change; a bias that the layer
 * did not have has new ones, and the weights that constants were multiplied by train no more. An optimizer that is
 * not of tfjs starts afresh.
 *
 * @param options.multipleOf The channels that stay are rounded up to multiples of this, 1 by default.
 * @param options.layers Functions that copy layers, as for `prunable`.
 * @throws if the model has no prunable layer or is not built, if nothing is left of a layer that no branch leads around,
 *   or if it cannot be rebuilt from its configuration.
 * @see Fang et al.: DepGraph: Towards Any Structural Pruning, 2023.
 */
export async function compact(model: LayersModel, options: CompactOptions = {}): Promise<CompactModel> {
  assertBuilt('compact', model);
  assertOptions('compact', options, ['multipleOf', 'layers']);
  const {multipleOf = 1, layers} = options;
  assertCount('compact', 'multipleOf', multipleOf);
  prunableWeights(model, 'compact');
  const read = await readAll(model);
  const graph = await buildMeasuredGraph('compact', model, read);
  const {live, kept} = liveCalls('compact', graph, solveKept(graph, read), read, multipleOf);
  const {edit, fill} = planRewrite(model, graph, kept, live, read);
  const {made, copyOf} = await remake('compact', model, edit, fill, layers);
  const left = (layer: Layer) => copyOf(layer) !== undefined;
  return Object.assign(made, {compacted: compactReport(model, made, graph, kept, left)});
}
