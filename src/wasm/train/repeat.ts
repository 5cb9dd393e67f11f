import {engine, Mean, type MeanAttrs, Sum, type Tensor, type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {Kernel} from '../backend';
import {address} from '../sideModule';
import {simd} from '../simd';
import type {GradientOf} from './gradients';

const RepeatRows = 'RepeatRows';

interface Attrs {
  readonly shape: readonly number[];
  readonly places: number;
  readonly rows: number;
  readonly depth: number;
  readonly factor: number;
}

/** x [places, depth] times a factor, once for each of the rows of [places, rows, depth]. */
const repeatRows =
  (): Kernel<{x: TensorInfo}, Attrs> =>
  ({inputs: {x}, attrs: {shape, places, rows, depth, factor}, backend}) => {
    const y = backend.makeOutput([...shape], 'float32');
    simd(backend).repeatRows(address(backend, x), places, rows, depth, factor, address(backend, y));
    return y;
  };

export const repeatKernels = {[RepeatRows]: repeatRows};

/** The gradient of a sum or mean over neighboring axes, which tfjs makes of ones that it uploads each time. */
const repeated =
  (factor: (rows: number) => number): GradientOf =>
  (stock) =>
  (dy, saved, attrs) => {
    const [x] = saved;
    const {shape} = x;
    // Gradients of gradients are those of tfjs, as these have none.
    if (x.dtype !== 'float32' || x.size === 0 || engine().state.gradientDepth > 1)
      return stock(dy, saved, attrs);
    const {axis}: MeanAttrs = Object(attrs);
    const axes = util.parseAxisParam(axis, shape).sort((a, b) => a - b);
    const [first] = axes;
    if (axes.length === 0 || axes.some((axis, i) => axis !== first + i)) return stock(dy, saved, attrs);
    const end = first + axes.length;
    const [places, rows, depth] = [shape.slice(0, first), shape.slice(first, end), shape.slice(end)].map(
      (part) => util.sizeFromShape(part),
    );
    return {
      x: () =>
        engine().runKernel(RepeatRows, {x: dy as Tensor}, {shape, places, rows, depth, factor: factor(rows)}),
    };
  };

export const repeatGradients: Readonly<Record<string, GradientOf>> = {
  [Sum]: repeated(() => 1),
  [Mean]: repeated((rows) => 1 / rows),
};
