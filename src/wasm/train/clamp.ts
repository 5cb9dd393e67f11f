import {
  ClipByValue,
  type ClipByValueAttrs,
  engine,
  Minimum,
  type MinimumInputs,
  Relu,
  Relu6,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from '../backend';
import {address} from '../sideModule';
import {simd} from '../simd';
import type {GradientOf} from './gradients';

const ClampGrad = 'ClampGrad';

interface Range {
  readonly low: number;
  readonly high: number;
}

/** dy if low <= x <= high, else 0. */
export const clampGrad =
  (): Kernel<{dy: TensorInfo; x: TensorInfo}, Range> =>
  ({inputs: {dy, x}, attrs: {low, high}, backend}) => {
    const dx = backend.makeOutput(x.shape, 'float32');
    const [from, by, to] = [dy, x, dx].map((info) => address(backend, info));
    simd(backend).clampGrad(from, by, util.sizeFromShape(x.shape), low, high, to);
    return dx;
  };

const passed = (dy: Tensor, x: Tensor, {low, high}: Range): Tensor =>
  engine().runKernel(ClampGrad, {dy, x}, {low, high});

/** The smallest positive float32: the gradient of ReLU at 0 is 0. */
const POSITIVE = 2 ** -149;

/** The largest float32 below a positive one. */
const below = (number: number) => Math.fround(number * (1 - 2 ** -24));

/** The gradient of clamping x to a range, in one pass. Falls back to tfjs for types other than float32. */
const clampBy =
  (rangeOf: (attrs: object) => Range): GradientOf =>
  (stock) =>
  (dy, saved, attrs) => {
    const [x] = saved;
    if (x.dtype !== 'float32') return stock(dy, saved, attrs);
    return {x: () => passed(dy as Tensor, x, rangeOf(attrs))};
  };

/** The gradient of the minimum of a scalar and a tensor, as in the activation relu6. */
const ofMinimum: GradientOf = (stock) => (dy, saved, attrs) => {
  const [a, b] = saved;
  const limit = a.size === 1 && b.size > 1 && b.dtype === 'float32' ? limitOf(a) : 0;
  if (!(limit > 0)) return stock(dy, saved, attrs);
  return {
    ...stock(dy, saved, attrs),
    b: () => passed(dy as Tensor, b, {low: Number.NEGATIVE_INFINITY, high: below(limit)}),
  };
};

/** The value of a scalar tensor. */
function limitOf(scalar: Tensor): number {
  const backend: WasmBackend = Object(engine().backend);
  return backend.typedArrayFromHeap(scalar)[0];
}

/** The gradients of clamping activations, by forward kernel. */
export const clampGradients: Readonly<Record<string, GradientOf>> = {
  [Relu]: clampBy(() => ({low: POSITIVE, high: Number.POSITIVE_INFINITY})),
  [Relu6]: clampBy(() => ({low: POSITIVE, high: 6})),
  [ClipByValue]: clampBy((attrs) => {
    const {clipValueMin, clipValueMax} = attrs as ClipByValueAttrs;
    return {low: clipValueMin, high: clipValueMax};
  }),
  [Minimum]: ofMinimum,
};

/** min(a, b), as a clamp if a is a scalar; the stock kernel is several times slower for different shapes. */
export const minimum =
  (stock: Kernel<MinimumInputs>): Kernel<MinimumInputs> =>
  (args) => {
    const {
      inputs: {a, b},
      backend,
    } = args;
    const isNumber = util.sizeFromShape(a.shape) === 1 && a.shape.length <= b.shape.length;
    if (!isNumber || a.dtype !== 'float32' || b.dtype !== 'float32') return stock(args);
    const [limit] = backend.typedArrayFromHeap(a);
    const range = {clipValueMin: Number.NEGATIVE_INFINITY, clipValueMax: limit};
    return compose(backend, (run) => run(ClipByValue, {x: b}, range));
  };
