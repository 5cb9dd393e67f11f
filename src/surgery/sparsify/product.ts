import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {builtInName} from '../../model/builtIn';
import type {Kind} from '../../model/kind';
import {kindOf} from '../../model/kinds';
import {fieldsIn, type Layer} from '../../model/tfjs';
import {matrixWindow, type Window} from '../../wasm/sparse/window';

/** A layer, or a part of one, that computes activation(input · kernel + bias). */
export interface Product {
  /** Of shape [..., outputs], as `window` describes it. */
  readonly kernel: LayerVariable;
  /** Of shape [outputs]; none by default. */
  readonly bias?: LayerVariable;
  /** Applied to the sum. */
  readonly activation: Activation;
  /** Undefined where tfjs is to compute it. */
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
  pointwiseKernel: LayerVariable;
  recurrentKernel: LayerVariable;
  bias?: LayerVariable | null;
  activation: Activation;
  strides: number[];
  dilationRate: number[];
  padding: string;
  dataFormat: string;
}

const fieldsOf = (layer: Layer) => fieldsIn<Fields>(layer) as Fields;

/** A kind that also declares its layers as products with their kernel. */
export interface SparseKind extends Kind {
  readonly product?: (layer: Layer) => Product;
}

/** The layer classes of tfjs that are products, one after the other. */
const products: Readonly<Record<string, (layer: Layer) => Product[]>> = {
  Dense: (layer) => [denseOf(layer)],
  Conv1D: (layer) => [convolutionOf(layer)],
  Conv2D: (layer) => [convolutionOf(layer)],
  DepthwiseConv2D: (layer) => [depthwiseConvolutionOf(layer)],
  SeparableConv2D: separableConvolutionOf,
};

/** Gives the products that a layer computes one after the other, as its kind or the table declares; undefined if neither does. */
export function productsOf(layer: Layer): Product[] | undefined {
  const {product} = (kindOf(layer) ?? {}) as Partial<SparseKind>;
  return product ? [product(layer)] : products[builtInName(layer) ?? '']?.(layer);
}

/** The layer classes of tfjs that multiply by two matrices at each step. */
const recurrent = ['SimpleRNNCell', 'LSTMCell', 'GRUCell'];

/** The matrices that a recurrent cell of tfjs multiplies by, of the input and of its state; none for other layers. */
export function factorsOf(layer: Layer): LayerVariable[] {
  const {kernel, recurrentKernel} = fieldsOf(layer);
  return recurrent.includes(builtInName(layer) ?? '') ? [kernel, recurrentKernel] : [];
}

/** Inputs [..., inputs] times a kernel [inputs, units]. */
function denseOf(layer: Layer): Product {
  const {kernel, bias, activation} = fieldsOf(layer);
  const [channels, filters] = kernel.shape as number[];
  return {kernel, bias: bias ?? undefined, activation, window: matrixWindow(channels, filters)};
}

/** A kernel [rows, columns, channels, filters] over images, or one [columns, channels, filters] over rows. */
export function convolutionOf(layer: Layer): Product {
  const {kernel, bias, activation} = fieldsOf(layer);
  return {kernel, bias: bias ?? undefined, activation, ...windowOf(layer, kernel)};
}

/** The same with filters for each channel. tfjs ignores the dilation of such layers. */
export function depthwiseConvolutionOf(layer: Layer): Product {
  const {depthwiseKernel: kernel, bias, activation} = fieldsOf(layer);
  return {kernel, bias: bias ?? undefined, activation, ...depthwise(windowOf(layer, kernel, [1, 1]))};
}

/** A depthwise convolution and then one of 1 × 1. */
function separableConvolutionOf(layer: Layer): Product[] {
  const {depthwiseKernel, pointwiseKernel, bias, activation} = fieldsOf(layer);
  const first = depthwise(windowOf(layer, depthwiseKernel));
  const [, , channels, filters] = pointwiseKernel.shape as number[];
  return [
    {kernel: depthwiseKernel, activation: linear, ...first},
    {
      kernel: pointwiseKernel,
      bias: bias ?? undefined,
      activation,
      window: first.window && matrixWindow(channels, filters),
      reason: first.window ? undefined : first.reason,
    },
  ];
}

export const linear: Activation = {getClassName: () => 'linear', apply: (x) => x};

type Placed = Pick<Product, 'window' | 'reason'>;

function depthwise({window, reason}: Placed): Placed {
  if (window === undefined) return {window, reason};
  const {channels, filters} = window;
  const why =
    filters > 1
      ? `each channel has ${filters} filters`
      : channels % 4 > 0
        ? 'its channels do not come in fours'
        : undefined;
  return {window: {...window, isDepthwise: true}, reason: why};
}

function windowOf(layer: Layer, {shape}: LayerVariable, dilations?: number[]): Placed {
  const {strides, padding, dataFormat, dilationRate} = fieldsOf(layer);
  if (dataFormat === 'channelsFirst') return {window: undefined, reason: 'its channels come first'};
  // A row is an image of one row.
  const ones = shape.length === 3 ? [1] : [];
  const [rows, columns, channels, filters] = [...ones, ...shape] as number[];
  const [rowStep, columnStep] = [...ones, ...strides];
  const [rowDilation, columnDilation] = [...ones, ...(dilations ?? dilationRate)];
  const steps = {rowStep, columnStep, rowDilation, columnDilation};
  if (padding === 'causal') return {window: undefined};
  const edges = padding === 'same' ? 'same' : 'valid';
  return {window: {rows, columns, channels, filters, ...steps, padding: edges, isDepthwise: false}};
}
