import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type AnyGraphModel, isGraphModel} from '../../model/graphModel';
import {type Network, readNetwork} from '../../model/network';
import {assertOptions} from '../../util/options';
import type {LayerCopiers} from '../copies';
import {fold} from './fold';
import {sparsifyGraph} from './graph/sparsifyGraph';
import {makeSparse} from './layers';

/** How `sparsify` makes a model. */
export interface SparsifyOptions {
  /** Functions that copy layers, as for `prunable`; for layers models, none by default. */
  layers?: LayerCopiers;
  /** Whether batch norms are folded into the layers before them; true by default. */
  foldNorms?: boolean;
}

/**
 * Makes a model with the same outputs that computes with its nonzero weights only, on the WASM backend and where that is
 * faster: the way to run a model with pruned elements. Takes layers models and graph models (`tf.loadGraphModel`).
 *
 * The backend recognizes the weights wherever they are multiplied: dense layers, convolutions, depthwise and separable ones,
 * SimpleRNN, GRU and LSTM, also in TimeDistributed and Bidirectional, with bias and activation in the same loop. Batch norms
 * and activations that directly follow a product are folded into it first, which is faster on every backend. The time of
 * products is measured once on the machine, in less than half a second; from that each product chooses sparse or dense
 * for each shape of its inputs, and `report` shows its choice. On other backends, and where gradients are taken, all
 * products are dense. Zero weights are skipped, so that an infinite input times 0 is not NaN.
 *
 * A folded batch norm cannot use the statistics of the batch, so that fit, and calls with `{training: true}`, throw;
 * `foldNorms: false` keeps batch norms and allows both.
 *
 * The given model, with masks or with zeros, is unchanged. A new layers model is compiled like it, with the state of its
 * optimizer except for the slots of layers with a folded batch norm, and made of plain layers. Both kinds save as any model;
 * give them to `sparsify` again after loading. A graph model saves its weights as float32, whatever it was loaded from.
 *
 * @returns the new model, of the kind of the given one. It belongs to the caller.
 * @throws if the model is neither, or is disposed, or a layers model cannot be rebuilt from its configuration.
 * @example
 * await prune(model, 0.9);
 * const fast = await sparsify(model);
 * const output = fast.predict(x);
 */
export function sparsify(model: LayersModel, options?: SparsifyOptions): Promise<LayersModel>;
export function sparsify<Model extends AnyGraphModel>(
  model: Model,
  options?: Pick<SparsifyOptions, 'foldNorms'>,
): Promise<Model>;
export async function sparsify(
  model: LayersModel | AnyGraphModel,
  options: SparsifyOptions = {},
): Promise<LayersModel | AnyGraphModel> {
  const isGraph = isGraphModel(model);
  const network = isGraph ? undefined : readNetwork('sparsify', model);
  assertOptions('sparsify', options, isGraph ? ['foldNorms'] : ['layers', 'foldNorms']);
  const {layers, foldNorms = true} = options;
  const sparse = await import('../../wasm/sparse/index');
  if (sparse.unsupportedReason() === undefined) sparse.costs();
  if (isGraph) return sparsifyGraph(model, foldNorms, sparse);
  const fast = await fold(network as Network, {foldNorms, copiers: layers});
  await makeSparse(fast, sparse);
  return fast;
}
