import {fused as fusedOps, pad, type Tensor, type Tensor1D, type Tensor4D, tidy} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {builtInName, type Kind, kindOf} from '../../model/kinds';
import {fieldsIn, type Layer} from '../../model/tfjs';
import {paddedSize, sizesOf, type Window} from '../../wasm/sparse/window';

/** A layer as activation(input * kernel + bias). */
export interface Product {
  /** [..., outputs]; what `window` says of it. */
  readonly kernel: LayerVariable;
  readonly bias?: LayerVariable;
  readonly activation: Activation;
  /** Undefined where channels come first, which is left to tfjs. */
  readonly window: Window | undefined;
  /** Why it cannot be computed by the nonzeros of the kernel. */
  readonly reason?: string;
}

/** An activation of tfjs. */
export interface Activation {
  getClassName(): string;
  apply(x: Tensor): Tensor;
}

/** What the layers here have in their fields. */
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

/** A kind that also declares its layers as a product with their kernel. */
export interface SparseKind extends Kind {
  readonly product?: (layer: Layer) => Product;
}

/** The layer classes of tfjs that can be computed with the nonzeros of their kernel. */
const products: Readonly<Record<string, (layer: Layer) => Product>> = {
  Dense: multiplies,
  Conv2D: convolves,
  DepthwiseConv2D: convolvesApart,
};

/** How a layer is a product with its kernel: as its kind declares, or as the table does; undefined if neither does. */
export function productOf(layer: Layer): ((layer: Layer) => Product) | undefined {
  const {product} = (kindOf(layer) ?? {}) as Partial<SparseKind>;
  return product ?? products[builtInName(layer) ?? ''];
}

/** Inputs times a kernel [inputs, units], whatever dimensions come before. */
function multiplies(layer: Layer): Product {
  const {kernel, bias, activation} = fieldsOf(layer);
  const [channels, filters] = kernel.shape as number[];
  const [rows, columns, rowStep, columnStep, rowDilation, columnDilation] = [1, 1, 1, 1, 1, 1];
  const steps = {rowStep, columnStep, rowDilation, columnDilation};
  const window: Window = {rows, columns, channels, filters, ...steps, padding: 'valid', isDepthwise: false};
  return {kernel, bias: bias ?? undefined, activation, window};
}

/** A kernel [rows, columns, channels, filters] over images. */
export function convolves(layer: Layer): Product {
  const {kernel, dilationRate} = fieldsOf(layer);
  return convolution(layer, kernel, dilationRate);
}

/** The same where each channel has filters of its own. tfjs does not dilate them, whatever the layer says. */
export function convolvesApart(layer: Layer): Product {
  const {depthwiseKernel} = fieldsOf(layer);
  const product = convolution(layer, depthwiseKernel, [1, 1]);
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

function convolution(
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

/** The activations that the fused kernels of all backends have. */
const FUSED = ['linear', 'relu', 'relu6'] as const;

/**
 * The convolution of a layer with its bias and activation in one kernel; undefined for other layers. tfjs's layers leave
 * some of it to operations after it, of which a clamp to 6 takes longer than a depthwise convolution.
 */
export function fusedConv(product: Product, x: Tensor): Tensor | undefined {
  const {kernel, bias, activation, window} = product;
  if (window === undefined || kernel.shape.length !== 4) return undefined;
  const {rows, columns, rowStep, columnStep, rowDilation, columnDilation, padding, isDepthwise} = window;
  const name = FUSED.find((known) => known === activation.getClassName());
  // The WASM backend does not compute `same` where a window smaller than its steps leaves out the last rows or columns.
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

/** Images with all that a window takes in, so that nothing is left to be padded. */
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
