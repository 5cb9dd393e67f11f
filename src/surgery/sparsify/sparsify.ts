import {engine, tidy, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {shadow} from '../../model/shadow';
import {fieldsIn, type Layer} from '../../model/tfjs';
import {assertBuilt, leaves} from '../../model/tree';
import type {SparseLayer} from '../../model/weight';
import {assertOptions} from '../../util/options';
import type * as Sparse from '../../wasm/sparse/index';
import type {LayerCopiers} from '../copies';
import {fold} from './fold';
import {fusedConv, type Product, productOf} from './product';

/**
 * A model with the same outputs that computes with the nonzeros of its weights alone, on the WASM backend and where that
 * is faster: what to run of a model whose elements are pruned. Dense, Conv2D and DepthwiseConv2D do, with bias and
 * activation in the same loop; batch norms and activations right after them become part of them first, which helps on
 * every backend. How long products take is measured once on the machine, in less than half a second, and each layer
 * chooses by that for each shape of its inputs; `report` tells what it chose. On other backends and where gradients are taken
 * the same layers compute as tfjs does. A batch norm that is part of a layer cannot go by the batch, so that calls with
 * `{training: true}`, and fit, throw; `foldNorms: false` keeps the norms and allows both. What is 0 is left out, so that an
 * infinite input makes no NaN of it.
 *
 * The model given, with masks or with zeros, stays as it is; the new one is compiled like it, with the state of its
 * optimizer, without the slots of layers that a batch norm became part of. It is made of plain layers, so that it saves as
 * any model. Loaded again, it is to be given to `sparsify` again.
 *
 * @param options.layers Functions that copy layers, as for `prunable`.
 * @param options.foldNorms Whether batch norms become part of the layers before them; true by default.
 * @throws if the model is not a LayersModel, or cannot be rebuilt from its configuration.
 */
export async function sparsify(
  model: LayersModel,
  options: {layers?: LayerCopiers; foldNorms?: boolean} = {},
): Promise<LayersModel> {
  assertBuilt('sparsify', model);
  assertOptions('sparsify', options, ['layers', 'foldNorms']);
  const {layers, foldNorms = true} = options;
  const sparse = await import('../../wasm/sparse/index');
  const fast = await fold('sparsify', model, {foldNorms, copiers: layers});
  for (const {layer} of leaves(fast)) {
    const product = productOf(layer)?.(layer);
    if (product !== undefined) await makeSparse(layer, product, sparse);
  }
  if (sparse.whyNot() === undefined) sparse.costs();
  return fast;
}

/** The activations that are a clamp. */
const clamps: Readonly<Record<string, readonly [low: number, high: number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** Lets one layer compute by its nonzeros where it can. */
async function makeSparse(layer: Layer, product: Product, sparse: typeof Sparse): Promise<void> {
  const {SparseRun, countBlocks, whyNot} = sparse;
  const {window, kernel, bias, activation} = product;
  const run = window && new SparseRun(window, () => kernel.read());
  const clamp = clamps[activation.getClassName()];
  const reason = () => product.reason ?? whyNot();
  shadow(layer, 'call', (original) => (inputs, kwargs) => {
    const [x, ...more] = [inputs].flat();
    // The tape wants gradients, which the nonzeros do not have.
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
