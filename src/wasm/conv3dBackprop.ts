import {
  backend_util,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  type Conv3DBackpropFilterV2Attrs,
  type Conv3DBackpropFilterV2Inputs,
  type Conv3DBackpropInputV2Attrs,
  type Conv3DBackpropInputV2Inputs,
  Transpose,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';

type Shape5D = [number, number, number, number, number];
type Attrs = {strides: [number, number, number] | number; pad: 'valid' | 'same'};

/**
 * The gradient of a 3D convolution with respect to its filter `[depth, height, width, in, out]`. Computed in 2D: the
 * input frames under one frame of dy become channels of one image. The stock kernel is wrong with strides.
 */
export const conv3dBackpropFilter =
  (): Kernel<Conv3DBackpropFilterV2Inputs, Conv3DBackpropFilterV2Attrs> =>
  ({inputs: {x, dy}, attrs, backend}) => {
    const {filterShape} = attrs;
    const of = frames(x.shape as Shape5D, filterShape, attrs);
    const [depth, height, width, inputs, outputs] = filterShape;
    return compose(backend, (run, track) => {
      const canvas = track(backend.makeOutput([depth, ...of.inputs], 'float32'));
      const from = backend.typedArrayFromHeap(x);
      const to = backend.typedArrayFromHeap(canvas).fill(0);
      of.pairs((frame, place) => to.set(from.subarray(frame, frame + of.size), place));
      const wide = run(Transpose, {x: canvas}, {perm: [1, 2, 3, 0, 4]});
      const gradient = run(
        Conv2DBackpropFilter,
        {x: {...wide, shape: of.wide}, dy: {...dy, shape: of.outputs}},
        {...of.attrs, filterShape: [height, width, depth * inputs, outputs]},
      );
      const shape = [height, width, depth, inputs, outputs];
      return run(Transpose, {x: {...gradient, shape}}, {perm: [2, 0, 1, 3, 4]});
    });
  };

/**
 * The gradient of a 3D convolution with respect to its input, computed in 2D in the same way. The stock kernel is wrong
 * with strides and padding, and reads beyond the filter.
 */
export const conv3dBackpropInput =
  (): Kernel<Conv3DBackpropInputV2Inputs, Conv3DBackpropInputV2Attrs> =>
  ({inputs: {dy, filter}, attrs, backend}) => {
    const {inputShape} = attrs;
    const of = frames(inputShape, filter.shape as Shape5D, attrs);
    const [depth, height, width, inputs, outputs] = filter.shape;
    return compose(backend, (run, track) => {
      const wide = run(Transpose, {x: filter}, {perm: [1, 2, 0, 3, 4]});
      const gradients = run(
        Conv2DBackpropInput,
        {
          dy: {...dy, shape: of.outputs},
          filter: {...wide, shape: [height, width, depth * inputs, outputs]},
        },
        {...of.attrs, inputShape: of.wide},
      );
      const [count, rows, columns] = of.inputs;
      const apart = run(
        Transpose,
        {x: {...gradients, shape: [count, rows, columns, depth, inputs]}},
        {perm: [3, 0, 1, 2, 4]},
      );
      const dx = track(backend.makeOutput(inputShape, 'float32'));
      const from = backend.typedArrayFromHeap(apart);
      const to = backend.typedArrayFromHeap(dx).fill(0);
      of.pairs((frame, place) => {
        for (let i = 0; i < of.size; i++) to[frame + i] += from[place + i];
      });
      return dx;
    });
  };

/** A 3D convolution as a 2D one over frames: its shapes in 2D, and the pairs of input and output frames. */
function frames(inputShape: Shape5D, filterShape: Shape5D, {strides, pad}: Attrs) {
  const info = backend_util.computeConv3DInfo(inputShape, filterShape, strides, 1, pad);
  const {batchSize, inDepth, inHeight, inWidth, inChannels, outDepth, outHeight, outWidth} = info;
  // For windows smaller than their strides, tfjs computes negative paddings, which would shift the volume.
  const [front, top, bottom, left, right] = (['front', 'top', 'bottom', 'left', 'right'] as const).map(
    (side) => Math.max(0, info.padInfo[side]),
  );
  const count = batchSize * outDepth;
  const size = inHeight * inWidth * inChannels;
  return {
    size,
    inputs: [count, inHeight, inWidth, inChannels],
    wide: [count, inHeight, inWidth, filterShape[0] * inChannels],
    outputs: [count, outHeight, outWidth, info.outChannels],
    attrs: {
      strides: [info.strideHeight, info.strideWidth],
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
    /** Visits the start of each input frame with the start of its copy, ordered by filter depth, image and depth of dy. */
    pairs(visit: (frame: number, place: number) => void) {
      for (let k = 0; k < filterShape[0]; k++) {
        for (let i = 0; i < count; i++) {
          const depth = (i % outDepth) * info.strideDepth + k - front;
          if (depth < 0 || depth >= inDepth) continue;
          visit((Math.floor(i / outDepth) * inDepth + depth) * size, (k * count + i) * size);
        }
      }
    },
  };
}
