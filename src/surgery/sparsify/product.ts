import {fused as fusedOps, pad, type Tensor, type Tensor1D, type Tensor4D, tidy} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {builtInName, type Kind, kindOf} from '../../model/kinds';
import {fieldsIn, type Layer} from '../../model/tfjs';
import {paddedSize, sizesOf, type Window} from '../../wasm/sparse/window';

/** A layer that computes activation(input · kernel + bias). */
export interface Product {
  /** Of shape [..., outputs], as `window` describes it. */
  readonly kernel: LayerVariable;
  readonly bias?: LayerVariable;
  readonly activation: Activation;
  /** Undefined where channels come first, which tfjs computes. */
  readonly window: Window | undefined;
  /** Why a sparse kernel cannot compute it; undefined if it can. */
  readonly reason?: string;
}

/** An activation of tfjs. */
export interface Activation {
  getClassName(): string;
  apply(x: Tensor): Tensor;
}

/** The fields of these layers. */
interface Fields {
  kernel: LayerVariable;
  depthwiseKernel: LayerVariable;
  bias?: LayerVariable | null;
  activation: Activation;
  strides: [number, number];
  dilationRate: [number, number];
  padding: string;
  dataFormat: string;
}

const fieldsOf = (layer: Layer) => fieldsIn<Fields>(layer) as Fields;

/** A kind that also declares its layers as products with their kernel. */
export interface SparseKind extends Kind {
  readonly product?: (layer: Layer) => Product;
}

/** The layer classes of tfjs that sparse kernels can compute. */
const products: Readonly<Record<string, (layer: Layer) => Product>> = {
  Dense: denseOf,
  Conv2D: convolutionOf,
  DepthwiseConv2D: depthwiseConvolutionOf,
};

/** Gives a layer as a product, as its kind or the table declares; undefined if neither does. */
export function productOf(layer: Layer): ((layer: Layer) => Product) | undefined {
  const {product} = (kindOf(layer) ?? {}) as Partial<SparseKind>;
  return product ?? products[builtInName(layer) ?? ''];
}

/** Inputs [..., inputs] times a kernel [inputs, units]. */
function denseOf(layer: Layer): Product {
  const {kernel, bias, activation} = fieldsOf(layer);
  const [channels, filters] = kernel.shape as number[];
  const [rows, columns, rowStep, columnStep, rowDilation, columnDilation] = [1, 1, 1, 1, 1, 1];
  const steps = {rowStep, columnStep, rowDilation, columnDilation};
  const window: Window = {rows, columns, channels, filters, ...steps, padding: 'valid', isDepthwise: false};
  return {kernel, bias: bias ?? undefined, activation, window};
}

/** A kernel [rows, columns, channels, filters] over images. */
export function convolutionOf(layer: Layer): Product {
  const {kernel, dilationRate} = fieldsOf(layer);
  return windowedProduct(layer, kernel, dilationRate);
}

/** The same with filters for each channel. tfjs ignores the dilation of such layers. */
export function depthwiseConvolutionOf(layer: Layer): Product {
  const {depthwiseKernel} = fieldsOf(layer);
  const product = windowedProduct(layer, depthwiseKernel, [1, 1]);
  if (product.window === undefined) return product;
  const {channels, filters} = product.window;
  const reason =
    filters > 1
      ? `each channel has ${filters} filters`
      : channels % 4 > 0
        ? 'its channels do not come in fours'
        : undefined;
  return {...product, window: {...product.window, isDepthwise: true}, reason};
}

function windowedProduct(
  layer: Layer,
  kernel: LayerVariable,
  [rowDilation, columnDilation]: [number, number],
): Product {
  const {bias, activation, strides, padding, dataFormat} = fieldsOf(layer);
  const product = {kernel, bias: bias ?? undefined, activation};
  if (dataFormat === 'channelsFirst') {
    return {...product, window: undefined, reason: 'its channels come first'};
  }
  const [rows, columns, channels, filters] = kernel.shape as number[];
  const [rowStep, columnStep] = strides;
  const steps = {rowStep, columnStep, rowDilation, columnDilation};
  const window: Window = {
    ...{rows, columns, channels, filters, ...steps},
    padding: padding === 'same' ? 'same' : 'valid',
    isDepthwise: false,
  };
  return {...product, window};
}

/** The activations in the fused kernels of all backends. */
const FUSED = ['linear', 'relu', 'relu6'] as const;

/**
 * The convolution of a layer with its bias and activation in one kernel; undefined for other layers. tfjs's layers apply
 * relu6 in a separate operation, which takes longer than a depthwise convolution.
 */
export function fusedConv(product: Product, x: Tensor): Tensor | undefined {
  const {kernel, bias, activation, window} = product;
  if (window === undefined || kernel.shape.length !== 4) return undefined;
  const {rows, columns, rowStep, columnStep, rowDilation, columnDilation, padding, isDepthwise} = window;
  const name = FUSED.find((known) => known === activation.getClassName());
  // The WASM backend does not compute `same` where a window smaller than its strides skips the last rows or columns.
  const isSmall = padding === 'same' && (rows < rowStep || columns < columnStep);
  return tidy(() => {
    const y = (isDepthwise ? fusedOps.depthwiseConv2d : fusedOps.conv2d)({
      x: (isSmall ? padded(x, window) : x) as Tensor4D,
      filter: kernel.read() as Tensor4D,
      strides: [rowStep, columnStep],
      dilations: [rowDilation, columnDilation],
      pad: isSmall ? 'valid' : padding,
      bias: bias?.read() as Tensor1D,
      activation: name ?? 'linear',
    });
    return name === undefined ? activation.apply(y) : y;
  });
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
