import {engine, type Tensor, tidy, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {builtInName} from '../../model/builtIn';
import {countNonzeros} from '../../model/plain';
import {shadow} from '../../model/shadow';
import type {Layer} from '../../model/tfjs';
import {type Leaf, leaves} from '../../model/tree';
import type {SparseLayer} from '../../model/weight';
import type * as Sparse from '../../wasm/sparse/index';
import {matrixWindow} from '../../wasm/sparse/window';
import {computer} from './compute';
import {factorsOf, type Product, productsOf} from './product';
import {fuseSteps} from './recurrent';

/** How the kernel of a product is used; else why it is dense. */
type Uses = Map<Variable, Sparse.Use | string>;

/** Marks the kernels of a model, and fuses its products with biases and activations. */
export async function makeSparse(model: LayersModel, sparse: typeof Sparse): Promise<void> {
  for (const leaf of leaves(model)) {
    const uses: Uses = new Map();
    const looped = new Set<Layer | undefined>();
    for (const one of layersIn(leaf)) {
      const products = productsOf(one);
      if (products !== undefined) {
        describe(one, products, uses);
        fuse(one, products);
      }
      looped.add(fuseSteps(one, sparse));
      describeFactors(one, looped.has(one) ? inputOf(leaf.layer) : undefined, uses);
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
  const known = inputOf(layer);
  for (const [i, {kernel, window, reason}] of products.entries()) {
    const input = i === 0 ? known : undefined;
    const isRow = input?.length === 3 && kernel.shape.length === 3;
    const shape = isRow ? [1, ...input] : input;
    const use = window && {window, shape};
    uses.set(kernel.read() as Variable, reason ?? use ?? 'tfjs computes it');
  }
}

/**
 * Notes the matrices of a recurrent cell.
 *
 * @param input The shape of the input of a layer that multiplies all its steps in one product.
 */
function describeFactors(cell: Layer, input: (number | null)[] | undefined, uses: Uses): void {
  for (const [i, kernel] of factorsOf(cell).entries()) {
    const [channels, filters] = kernel.shape as number[];
    const isSplit = builtInName(cell) === 'GRUCell' && i === 1 && input === undefined;
    const shape = i === 0 && input?.length === 3 ? input : [1, channels];
    const use = {window: matrixWindow(channels, filters), shape};
    uses.set(kernel.read() as Variable, isSplit ? 'tfjs splits it at each step' : use);
  }
}

/** The shape of the input of a layer for one example; undefined where it is inside of another layer. */
function inputOf(layer: Layer): (number | null)[] | undefined {
  const shape = layer.inboundNodes?.[0]?.inputTensors[0].shape;
  return shape && [1, ...shape.slice(1)];
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
