import {engine, tidy, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../../model/network';
import {shadow} from '../../model/shadow';
import {fieldsIn, type Layer} from '../../model/tfjs';
import {leaves} from '../../model/tree';
import type {SparseLayer} from '../../model/weight';
import {assertOptions} from '../../util/options';
import type * as Sparse from '../../wasm/sparse/index';
import type {LayerCopiers} from '../copies';
import {fold} from './fold';
import {fusedConv, type Product, productOf} from './product';

/**
 * Makes a model with the same outputs that computes with its nonzero weights only, on the WASM backend and where that is
 * faster: the way to run a model with pruned elements. Dense, Conv2D and DepthwiseConv2D layers do, with bias and
 * activation in the same loop. Batch norms and activations that directly follow them are folded into them first, which is
 * faster on every backend. The time of products is measured once on the machine, in less than half a second; from that
 * each layer chooses sparse or dense for each shape of its inputs, and `report` shows its choice. On other backends, and
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
  for (const {layer} of leaves(fast)) {
    const product = productOf(layer)?.(layer);
    if (product !== undefined) await makeSparse(layer, product, sparse);
  }
  if (sparse.unsupportedReason() === undefined) sparse.costs();
  return fast;
}

/** The activations that clamp their input. */
const clamps: Readonly<Record<string, readonly [low: number, high: number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** Makes a layer compute with its nonzero weights where it can. */
async function makeSparse(layer: Layer, product: Product, sparse: typeof Sparse): Promise<void> {
  const {SparseRun, countBlocks, unsupportedReason} = sparse;
  const {window, kernel, bias, activation} = product;
  const run = window && new SparseRun(window, () => kernel.read());
  const clamp = clamps[activation.getClassName()];
  const reason = () => product.reason ?? unsupportedReason();
  shadow(layer, 'call', (original) => (inputs, kwargs) => {
    const [x, ...more] = [inputs].flat();
    // Sparse products have no gradients.
    if (engine().isTapeOn() || more.length > 0 || x.dtype !== 'float32') return original(inputs, kwargs);
    const form = reason() === undefined ? run?.plan(x.shape).form : undefined;
    if (run === undefined || form === undefined) return fusedConv(product, x) ?? original(inputs, kwargs);
    return tidy(() => {
      const y = run.product(form, x, bias?.read(), clamp ?? clamps.linear);
      return clamp === undefined ? activation.apply(y) : y;
    });
  });
  const owner = fieldsIn<{disposeWeights(): number}>(layer) as {disposeWeights(): number};
  shadow(owner, 'disposeWeights', (original) => () => {
    run?.dispose();
    return original();
  });

  const value = () => kernel.read() as Variable;
  let known = {dataId: value().dataId, kept: countBlocks(await value().data<'float32'>(), 1)};
  const sparseWeight = () => {
    const {dataId, shape} = value();
    if (dataId !== known.dataId) known = {dataId, kept: countBlocks(value().dataSync<'float32'>(), 1)};
    return {shape, kept: known.kept, runs: runs()};
  };
  const runs = () => {
    const why = reason();
    if (run === undefined || why !== undefined) return `dense, as ${why}`;
    const [{shape}] = layer.inboundNodes[0].inputTensors;
    const [, ...size] = shape;
    if (run.last === undefined && size.includes(null))
      return 'as fits the size of its inputs, which is not known yet';
    const {form, share} = run.last ?? run.plan([1, ...(size as number[])]);
    const percent = `${(share * 100).toFixed(0)} % of the time of dense`;
    if (form !== undefined) return `sparse, in ${percent}`;
    return `dense, as sparse would take ${percent}${share < 1 ? ', of which an estimate is not sure' : ''}`;
  };
  Object.assign(layer, {sparseWeight} satisfies SparseLayer);
}
