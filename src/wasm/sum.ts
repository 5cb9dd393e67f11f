import {backend_util, type SumAttrs, type SumInputs, util} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';
import {address} from './sideModule';
import {simd} from './simd';

type Sum = Kernel<SumInputs, SumAttrs>;

/**
 * Sums and means over neighboring axes before the last, as in the gradient of a bias or in batch statistics, without the
 * transpose of the stock kernel. Falls back to the stock kernel otherwise.
 */
const reduction =
  (mean: boolean) =>
  (stock: Sum): Sum =>
  (args) => {
    const {inputs, attrs, backend} = args;
    const {x} = inputs;
    const {shape} = x;
    const axes = util.parseAxisParam(attrs.axis, shape).sort((a, b) => a - b);
    const [first] = axes;
    const end = first + axes.length;
    const rows = util.sizeFromShape(shape.slice(first, end));
    const depth = util.sizeFromShape(shape.slice(end));
    const neighbors = axes.length > 0 && axes[axes.length - 1] === end - 1;
    if (x.dtype !== 'float32' || !neighbors || rows < 2 || depth < 2) return stock(args);
    const places = util.sizeFromShape(shape.slice(0, first));
    const sums = backend.makeOutput([places, depth], 'float32');
    simd(backend).sumRows(address(backend, x), places, rows, depth, address(backend, sums));
    if (mean) {
      const values = backend.typedArrayFromHeap(sums);
      for (let i = 0; i < values.length; i++) values[i] /= rows;
    }
    const [outShape] = backend_util.computeOutAndReduceShapes(shape, axes);
    return {
      ...sums,
      shape: attrs.keepDims ? backend_util.expandShapeToKeepDim(outShape, axes) : outShape,
    };
  };

export const sum = reduction(false);

export const mean = reduction(true);
