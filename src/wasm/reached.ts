import {
  type AvgPool3DAttrs,
  type AvgPool3DInputs,
  type AvgPoolAttrs,
  type AvgPoolInputs,
  backend_util,
  type Conv2DAttrs,
  type Conv2DInputs,
  type Conv3DAttrs,
  type Conv3DInputs,
  Slice,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';
import {type Info, reachedShape} from './windows';

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

/**
 * Runs a kernel on the part of x that its windows reach. Otherwise the stock kernels of convolutions compute nothing, and
 * those of volumes shift their windows; for empty outputs they write out of bounds. Falls back to the stock kernel for
 * explicit paddings and for formats other than channels last.
 */
const onReached =
  <Inputs extends {x?: TensorInfo}, Attrs extends {pad: unknown; dataFormat?: string}>(
    infoOf: (inputs: Record<keyof Inputs, TensorInfo>, attrs: Attrs) => Info,
  ) =>
  (stock: Kernel<Inputs, Attrs>): Kernel<Inputs, Attrs> =>
  (args) => {
    const {inputs, attrs, backend} = args;
    const {x} = inputs;
    if (typeof attrs.pad !== 'string' || attrs.dataFormat?.startsWith('NC')) return stock(args);
    const info = infoOf(inputs, attrs);
    if (util.sizeFromShape(info.outShape) === 0) return backend.makeOutput(info.outShape, 'float32');
    const size = reachedShape(x.shape, info);
    // With padding `valid` the stock kernel handles unreached elements correctly.
    if (attrs.pad === 'valid' || util.arraysEqual(size, x.shape)) return stock(args);
    return compose(backend, (run) => {
      const reached = run(Slice, {x}, {begin: size.map(() => 0), size});
      return stock({...args, inputs: {...inputs, x: reached}});
    });
  };

const convolution = (isDepthwise: boolean) =>
  onReached<Conv2DInputs, Conv2DAttrs>(({x, filter}, {strides, dilations, pad, dimRoundingMode}) =>
    backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      filter.shape as Shape4D,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      isDepthwise,
    ),
  );

/** 2D convolution, with or without bias and activation. */
export const conv2d = convolution(false);

/** Depthwise 2D convolution, with or without bias and activation. */
export const depthwiseConv2d = convolution(true);

/** 3D convolution. */
export const conv3d = onReached<Conv3DInputs, Conv3DAttrs>(({x, filter}, {strides, dilations, pad}) =>
  backend_util.computeConv3DInfo(x.shape as Shape5D, filter.shape as Shape5D, strides, dilations, pad),
);

/** Max or average pooling in 2D. */
export const pool2d = onReached<AvgPoolInputs, AvgPoolAttrs>(
  ({x}, {filterSize, strides, pad, dimRoundingMode}) =>
    backend_util.computePool2DInfo(x.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode),
);

/** Average pooling in 3D. */
export const pool3d = onReached<AvgPool3DInputs, AvgPool3DAttrs>(
  ({x}, {filterSize, strides, pad, dimRoundingMode}) =>
    backend_util.computePool3DInfo(x.shape as Shape5D, filterSize, strides, 1, pad, dimRoundingMode),
);
