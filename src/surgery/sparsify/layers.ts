import {engine, type Tensor, tidy, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {countNonzeros} from '../../model/plain';
import {shadow} from '../../model/shadow';
import type {Layer} from '../../model/tfjs';
import {type Leaf, leaves} from '../../model/tree';
import type {SparseLayer} from '../../model/weight';
import type * as Sparse from '../../wasm/sparse/index';
import {matrixWindow} from '../../wasm/sparse/window';
import {computer} from './compute';
import {factorsOf, type Product, productsOf} from './product';

/** What is known of how the kernel of a product is used; else why it is dense. */
type Uses = Map<Variable, Sparse.Use | string>;

/** Marks the kernels of a model, and fuses its products with biases and activations. */
export async function makeSparse(model: LayersModel, sparse: typeof Sparse): Promise<void> {
  for (const leaf of leaves(model)) {
    const uses: Uses = new Map();
    for (const one of layersIn(leaf)) {
      const products = productsOf(one);
      if (products !== undefined) {
        describe(one, products, uses);
        fuse(one, products);
      }
      for (const {kernel, reason} of factorsOf(one)) {
        const [channels, filters] = kernel.shape as number[];
        const window = matrixWindow(channels, filters);
        uses.set(kernel.read() as Variable, reason ?? {window, shape: [1, channels]});
      }
    }
    for (const value of uses.keys()) {
      sparse.markWeight(value);
      // Counted for the report, which reads nothing.
      await countNonzeros(value);
    }
    const sparseRuns = (value: Variable) => {
      const use = uses.get(value);
      return use === undefined ? undefined : sparse.explain(value, use);
    };
    if (uses.size > 0) Object.assign(leaf.layer, {sparseRuns} satisfies SparseLayer);
  }
}

const layersIn = ({layer, inner}: Leaf): Layer[] => [layer, ...inner.flatMap(layersIn)];

/** Notes the shapes of the products of a layer; those after the first, and those inside of other layers, are not known. */
function describe(layer: Layer, products: Product[], uses: Uses): void {
  const known = layer.inboundNodes?.[0]?.inputTensors[0].shape;
  for (const [i, {kernel, window, reason}] of products.entries()) {
    const input = i === 0 && known ? [1, ...known.slice(1)] : undefined;
    const isRow = input?.length === 3 && kernel.shape.length === 3;
    const shape = isRow ? [1, ...input] : input;
    const use = window && {window, shape};
    uses.set(kernel.read() as Variable, reason ?? use ?? 'tfjs computes it');
  }
}

/** Makes a layer compute its products in one kernel each. */
function fuse(layer: Layer, products: Product[]): void {
  const steps = products.map(computer);
  if (!steps.every((step) => step !== undefined)) return;
  shadow(layer, 'call', (original) => (inputs, kwargs) => {
    const x = Array.isArray(inputs) && inputs.length === 1 ? inputs[0] : inputs;
    // These kernels have no gradients.
    if (Array.isArray(x) || engine().isTapeOn() || x.dtype !== 'float32') return original(inputs, kwargs);
    return tidy(() => steps.reduce((y: Tensor, step) => step(y), x));
  });
}
