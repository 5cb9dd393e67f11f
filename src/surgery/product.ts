import {fused as fusedOps, type Tensor, type Tensor1D, type Tensor4D} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import type {Layer} from '../tfjs';
import {isPadded, sizesOf, type Window} from '../wasm/sparse/window';

/** A layer as activation(input * kernel + bias). */
export interface Product {
  /** [..., outputs]; what `window` says of it. */
  readonly kernel: LayerVariable;
  readonly bias?: LayerVariable;
  readonly activation: Activation;
  readonly window: Window;
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

const fieldsOf = (layer: Layer) => layer as unknown as Fields;

/** Inputs times a kernel [inputs, units], whatever dimensions come before. */
export function multiplies(layer: Layer): Product {
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
  return over(layer, kernel, dilationRate);
}

/** The same where each channel has filters of its own. tfjs does not dilate them, whatever the layer says. */
export function convolvesApart(layer: Layer): Product {
  const {depthwiseKernel} = fieldsOf(layer);
  const {window, ...product} = over(layer, depthwiseKernel, [1, 1]);
  const {channels, filters} = window;
  const reason =
    filters > 1
      ? `each channel has ${filters} filters`
      : channels % 4 > 0
        ? 'its channels do not come in fours'
        : product.reason;
  return {...product, window: {...window, isDepthwise: true}, reason};
}

function over(layer: Layer, kernel: LayerVariable, [rowDilation, columnDilation]: [number, number]): Product {
  const {bias, activation, strides, padding, dataFormat} = fieldsOf(layer);
  const [rows, columns, channels, filters] = kernel.shape as number[];
  const [rowStep, columnStep] = strides;
  const steps = {rowStep, columnStep, rowDilation, columnDilation};
  const window: Window = {
    ...{rows, columns, channels, filters, ...steps},
    padding: padding === 'same' ? 'same' : 'valid',
    isDepthwise: false,
  };
  const reason = dataFormat === 'channelsFirst' ? 'its channels come first' : undefined;
  return {kernel, bias: bias ?? undefined, activation, window, reason};
}

/**
 * The convolution of a layer with its activation in one kernel, where there is one; tfjs's layers leave some of it to
 * operations after it, of which a clamp to 6 takes longer than a depthwise convolution.
 */
export function fused(product: Product, x: Tensor): Tensor | undefined {
  const {kernel, bias, activation, window, reason} = product;
  const name = activation.getClassName();
  if (
    reason !== undefined ||
    kernel.shape.length !== 4 ||
    (name !== 'linear' && name !== 'relu' && name !== 'relu6')
  )
    return undefined;
  const {rowStep, columnStep, rowDilation, columnDilation, padding, isDepthwise} = window;
  return (isDepthwise ? fusedOps.depthwiseConv2d : fusedOps.conv2d)({
    x: x as Tensor4D,
    filter: kernel.read() as Tensor4D,
    strides: [rowStep, columnStep],
    dilations: [rowDilation, columnDilation],
    // The WASM backend gives zeros for `same` where a window is smaller than its steps, though nothing is to be padded.
    pad: isPadded(window, sizesOf(window, x.shape)) ? padding : 'valid',
    bias: bias?.read() as Tensor1D,
    activation: name,
  });
}
