import {
  _FusedMatMul,
  engine,
  FusedConv2D,
  FusedDepthwiseConv2D,
  type NamedAttrMap,
  type NamedTensorMap,
  pad,
  reshape,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {isMatrix, paddedSize, sizesOf, type Window} from '../../wasm/sparse/window';
import type {Product} from './product';

/** The activations in the fused kernels of all backends. */
const FUSED = ['linear', 'relu', 'relu6'] as const;

/**
 * Computes a product with its bias and activation in one kernel, which the backend chooses by the data; undefined where tfjs
 * is to compute it. The layers of tfjs apply relu6, and the biases of some convolutions, in ops of their own, which take
 * longer than a depthwise convolution. The fused ops of tfjs, which also have gradients, take as long as a small product.
 */
export function computer(product: Product): ((x: Tensor) => Tensor) | undefined {
  const {kernel, bias, activation, window} = product;
  if (window === undefined) return undefined;
  const name = FUSED.find((known) => known === activation.getClassName());
  const multiply = (kernel.shape.length === 2 ? matrix : convolution)(window, name ?? 'linear');
  return (x) => {
    const y = multiply(x, kernel.read(), bias?.read());
    return name === undefined ? activation.apply(y) : y;
  };
}

type Multiply = (x: Tensor, kernel: Tensor, bias: Tensor | undefined) => Tensor;

function matrix({channels, filters}: Window, activation: string): Multiply {
  const attrs = {transposeA: false, transposeB: false, activation};
  const shape = [1, channels, filters];
  return (x, kernel, bias) => {
    const a = reshape(x, [1, x.size / channels, channels]);
    const y = run(_FusedMatMul, {a, b: reshape(kernel, shape)}, bias, attrs);
    return reshape(y, [...x.shape.slice(0, -1), filters]);
  };
}

function convolution(window: Window, activation: string): Multiply {
  const {rows, columns, channels, filters, rowStep, columnStep, padding, isDepthwise} = window;
  const {rowDilation, columnDilation} = window;
  const shape = [rows, columns, channels, filters];
  // The WASM backend does not compute `same` where a window smaller than its strides skips the last rows or columns.
  const isSmall = padding === 'same' && !isMatrix(window) && (rows < rowStep || columns < columnStep);
  const attrs = {
    strides: [rowStep, columnStep],
    dilations: [rowDilation, columnDilation],
    pad: isSmall ? 'valid' : padding,
    dataFormat: 'NHWC',
    activation,
  };
  const name = isDepthwise ? FusedDepthwiseConv2D : FusedConv2D;
  return (x, kernel, bias) => {
    const isRow = x.rank === 3;
    const images = isRow ? reshape(x, [x.shape[0], 1, ...x.shape.slice(1)]) : x;
    const filter = kernel.rank === 4 ? kernel : reshape(kernel, shape);
    const y = run(name, {x: isSmall ? padded(images, window) : images, filter}, bias, attrs);
    return isRow ? reshape(y, [y.shape[0], ...y.shape.slice(2)]) : y;
  };
}

function run(name: string, inputs: NamedTensorMap, bias: Tensor | undefined, attrs: NamedAttrMap): Tensor {
  if (bias !== undefined) inputs.bias = bias;
  return engine().runKernel(name, inputs, attrs);
}

/** Images padded to the size that a window covers. */
function padded(x: Tensor, window: Window): Tensor {
  const sizes = sizesOf(window, x.shape);
  const [tall, wide] = paddedSize(window, sizes);
  const {height, width, padTop, padLeft} = sizes;
  return pad(x, [
    [0, 0],
    [padTop, tall - height - padTop],
    [padLeft, wide - width - padLeft],
    [0, 0],
  ]);
}
