import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../../model/network';
import {assertOptions} from '../../util/options';
import type {LayerCopiers} from '../copies';
import {fold} from './fold';
import {makeSparse} from './layers';

/**
 * Makes a model with the same outputs that computes with its nonzero weights only, on the WASM backend and where that is
 * faster: the way to run a model with pruned elements. Dense, convolutional and depthwise layers do, with bias and
 * activation in the same loop. Batch norms and activations that directly follow them are folded into them first, which is
 * faster on every backend. The time of products is measured once on the machine, in less than half a second; from that
 * each product chooses sparse or dense for each shape of its inputs, and `report` shows its choice. On other backends, and
 * where gradients are taken, the layers compute as in tfjs. Zero weights are skipped, so that an infinite input times 0
 * is not NaN.
 *
 * A folded batch norm cannot use the statistics of the batch, so that fit, and calls with `{training: true}`, throw;
 * `foldNorms: false` keeps batch norms and allows both.
 *
 * The given model, with masks or with zeros, is unchanged. The new one is compiled like it, with the state of its optimizer
 * except for the slots of layers with a folded batch norm. It is made of plain layers and saves as any model; give it to
 * `sparsify` again after loading.
 *
 * @param options.layers Functions that copy layers, as for `prunable`.
 * @param options.foldNorms Whether batch norms are folded into the layers before them; true by default.
 * @throws if the model is not a LayersModel, or cannot be rebuilt from its configuration.
 */
export async function sparsify(
  model: LayersModel,
  options: {layers?: LayerCopiers; foldNorms?: boolean} = {},
): Promise<LayersModel> {
  const network = readNetwork('sparsify', model);
  assertOptions('sparsify', options, ['layers', 'foldNorms']);
  const {layers, foldNorms = true} = options;
  const sparse = await import('../../wasm/sparse/index');
  const fast = await fold(network, {foldNorms, copiers: layers});
  await makeSparse(fast, sparse);
  if (sparse.unsupportedReason() === undefined) sparse.costs();
  return fast;
}
