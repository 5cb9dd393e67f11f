import {
  _FusedMatMul,
  BatchMatMul,
  Cast,
  Conv2D,
  DepthwiseConv2dNative,
  engine,
  FusedConv2D,
  FusedDepthwiseConv2D,
  getKernel,
  Identity,
  type TensorInfo,
  Transpose,
  util,
} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from '../backend';
import {overlay, type Wrap} from '../overlay';
import {address} from '../sideModule';
import {type Activation, activate, isKnown} from './activation';
import {type Mark, markOf} from './Mark';
import {sparseProduct} from './sparseProduct';
import {unsupportedReason} from './support';
import {matrixWindow, outputsOf, type Window} from './window';

interface Convolution extends Activation {
  readonly strides: number | [number, number];
  readonly pad: unknown;
  /** null where the op was given none. */
  readonly dilations?: number | [number, number] | null;
  readonly dataFormat?: string;
}

interface Product extends Activation {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

type Fused<Name extends string> = Readonly<Record<Name, TensorInfo>> & {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
};

/** The parts of a product, or why it is not made of nonzeros. */
type Read = {readonly window: Window; readonly x: TensorInfo; readonly data: TensorInfo} | string;

/**
 * A kernel that multiplies by the nonzeros of data that is marked, where the plan chooses so, and else calls the one below it.
 * Where gradients are taken weights are about to change, so that lists of them would not pay.
 *
 * @param operand The name of the operand that may be marked.
 */
const byData =
  <Operand extends string, Attrs extends Activation>(
    operand: Operand,
    read: (inputs: Fused<string>, attrs: Attrs) => Read,
  ) =>
  (below: Kernel<Fused<Operand>, Attrs>): Kernel<Fused<Operand>, Attrs> =>
  (args) => {
    const mark = markOf(args.inputs[operand].dataId);
    if (mark === undefined) return below(args);
    const {inputs, attrs, backend} = args;
    return multiplied(mark, backend, inputs, attrs, read(inputs, attrs)) ?? below(args);
  };

function multiplied(
  mark: Mark,
  backend: WasmBackend,
  {bias, preluActivationWeights}: Fused<string>,
  attrs: Activation,
  read: Read,
): TensorInfo | undefined {
  if (engine().state.gradientDepth > 0) return undefined;
  const reason = unsupportedReason() ?? (typeof read === 'string' ? read : undefined);
  if (reason !== undefined || typeof read === 'string') {
    mark.last = reason;
    return undefined;
  }
  const {window, x, data} = read;
  // Wrong shapes and types are the errors of the kernel below.
  if (x.dtype !== 'float32' || data.dtype !== 'float32' || x.shape.at(-1) !== window.channels)
    return undefined;
  if (bias !== undefined && util.sizeFromShape(bias.shape) !== outputsOf(window)) return undefined;
  const values = () => backend.typedArrayFromHeap(data) as Float32Array;
  const run = mark.run(backend, values, window, x.shape);
  mark.last = run;
  const {form, isShared} = run.plan;
  if (form === undefined) return undefined;
  const {address: nonzeros, zeros, groups, taken} = mark.list(backend, values, run, form);
  const {inner, sizes, outShape} = run;
  const given = {x, nonzeros, bias: bias === undefined ? zeros : address(backend, bias)};
  return activate(backend, attrs, preluActivationWeights, (low, high) =>
    sparseProduct(backend, given, {window: inner.window, form, groups, taken, low, high, isShared}, sizes, [
      ...outShape,
    ]),
  );
}

const pair = (value: number | [number, number]) => (typeof value === 'number' ? [value, value] : value);

const convolution = (isDepthwise: boolean) =>
  byData<'x' | 'filter', Convolution>('filter', ({x, filter}, attrs) => {
    const {strides, pad, dilations, dataFormat = 'NHWC'} = attrs;
    const [rows, columns, channels, filters] = filter.shape;
    const [rowStep, columnStep] = pair(strides);
    const [rowDilation, columnDilation] = pair(dilations ?? 1);
    const padding = pad === 0 ? 'valid' : pad;
    if (dataFormat !== 'NHWC') return 'its channels come first';
    if (padding !== 'same' && padding !== 'valid') return 'its padding is neither same nor valid';
    if (isDepthwise && filters > 1) return `each channel has ${filters} filters`;
    if (isDepthwise && channels % 4 > 0) return 'its channels do not come in fours';
    if (!isKnown(attrs)) return `its activation is ${attrs.activation}`;
    const steps = {rowStep, columnStep, rowDilation, columnDilation};
    return {window: {rows, columns, channels, filters, ...steps, padding, isDepthwise}, x, data: filter};
  });

const product = byData<'a' | 'b', Product>('b', ({a, b}, attrs) => {
  const [channels, filters] = b.shape.slice(-2);
  if (attrs.transposeA || attrs.transposeB) return 'an operand is transposed';
  const isBatch = util.sizeFromShape(b.shape) !== channels * filters || b.shape.length > a.shape.length;
  if (isBatch) return 'it is a batch of matrices';
  if (!isKnown(attrs)) return `its activation is ${attrs.activation}`;
  return {window: matrixWindow(channels, filters), x: a, data: b};
});

/**
 * A kernel whose output may be its input shares marked data instead of copying it, so that the copy is known, too. tfjs
 * copies the kernel of a dense layer whenever the input has more than two dimensions.
 *
 * @param shapeOf The shape of an output with the same data; undefined where the data differs.
 */
const sharing =
  <Attrs extends object>(shapeOf: (x: TensorInfo, attrs: Attrs) => number[] | undefined) =>
  (below: Kernel<{x: TensorInfo}, Attrs>): Kernel<{x: TensorInfo}, Attrs> =>
  (args) => {
    const {
      inputs: {x},
      attrs,
      backend,
    } = args;
    const shape = markOf(x.dataId) && shapeOf(x, attrs);
    if (shape === undefined) return below(args);
    backend.incRef(x.dataId);
    return {dataId: x.dataId, dtype: x.dtype, shape};
  };

const identity = sharing(({shape}) => shape);

const cast = sharing<{dtype: string}>(({shape, dtype}, attrs) => (attrs.dtype === dtype ? shape : undefined));

const transpose = sharing<{perm: number[]}>(({shape}, {perm}) => {
  // Dimensions of one element may go anywhere.
  const order = perm.filter((axis) => shape[axis] !== 1);
  const isOrdered = order.every((axis, i) => i === 0 || axis > order[i - 1]);
  return isOrdered ? perm.map((axis) => shape[axis]) : undefined;
});

const wraps: Record<string, Wrap> = {
  [_FusedMatMul]: product,
  [BatchMatMul]: product,
  [Cast]: cast,
  [Conv2D]: convolution(false),
  [DepthwiseConv2dNative]: convolution(true),
  [FusedConv2D]: convolution(false),
  [FusedDepthwiseConv2D]: convolution(true),
  [Identity]: identity,
  [Transpose]: transpose,
};

/** Around those of enableTraining, which change operands before they multiply. */
const LEVEL = 1;

let remove: (() => void) | undefined;

/** Makes the kernels of the WASM backend look for marked data, if it has kernels; once. */
export function install(): void {
  if (remove === undefined && getKernel(Conv2D, 'wasm')) remove = overlay(wraps, LEVEL);
}

/** Undoes `install`. */
export function uninstall(): void {
  remove?.();
  remove = undefined;
}
