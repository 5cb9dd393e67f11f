import {
  engine,
  getKernel,
  type NamedAttrMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from '../backend';
import {address, sideModule} from '../sideModule';
import {binary} from './binary';
import {type Attributes, callsOf, each, type Inputs} from './calls';
import {scratchOf} from './form';
import {share} from './sharing';
import {outputShape, type Sizes, sizesOf} from './window';

const kernels = sideModule<'product' | 'rows' | 'rowsBy4'>(binary);

/**
 * clamp(x * kernel + bias) by the nonzeros of the kernel.
 *
 * @param sizes Those of x under the window.
 * @param shape The shape of the output.
 */
export function sparseProduct(
  backend: WasmBackend,
  inputs: Inputs,
  attrs: Attributes,
  sizes: Sizes,
  shape: number[],
): TensorInfo {
  const {window, form} = attrs;
  const y = backend.makeOutput(shape, 'float32');
  if (form.loop === 'rows') {
    multiplyRows(backend, inputs, attrs, sizes, y);
    return y;
  }
  const scratch = backend.makeOutput([scratchOf(form, window, sizes)], 'float32');
  const calls = callsOf(backend, inputs, attrs, sizes, y, scratch);
  const isShared = attrs.isShared && share(backend, calls);
  if (!isShared) for (const args of each(calls)) kernels(backend).product(...args);
  backend.disposeData(scratch.dataId);
  // Outputs into which a worker may still write are never freed.
  return isShared !== 'stuck' ? y : sparseProduct(backend, inputs, attrs, sizes, shape);
}

function multiplyRows(
  backend: WasmBackend,
  {x, nonzeros, bias}: Inputs,
  {window, form, groups, low, high}: Attributes,
  {width, depth}: Sizes,
  y: TensorInfo,
): void {
  const loop = kernels(backend)[form.size === 4 ? 'rowsBy4' : 'rows'];
  const [from, to] = [x, y].map((info) => address(backend, info));
  for (let row = 0; row < width; row++) {
    loop(from + 4 * row * window.channels, nonzeros, groups, bias, low, high, to + 4 * row * depth);
  }
}

/** The name of the kernel, of tfjs, that multiplies by nonzeros. */
const kernelName = 'SparseProduct';

/** The same as a kernel of tfjs on tensors of the WASM backend, which has to be set. */
export function runSparseProduct(
  inputs: Readonly<Record<keyof Inputs, Tensor>>,
  attributes: Attributes,
): Tensor {
  if (!getKernel(kernelName, 'wasm')) {
    const kernelFunc: Kernel<Inputs, Attributes> = ({inputs: {x, nonzeros, bias}, attrs, backend}) => {
      const [list, added] = [nonzeros, bias].map((info) => address(backend, info));
      const sizes = sizesOf(attrs.window, x.shape);
      const shape = outputShape(attrs.window, x.shape, sizes);
      return sparseProduct(backend, {x, nonzeros: list, bias: added}, attrs, sizes, shape);
    };
    registerKernel({kernelName, backendName: 'wasm', kernelFunc: kernelFunc as never});
  }
  return engine().runKernel(kernelName, {...inputs}, attributes as Attributes & NamedAttrMap);
}
