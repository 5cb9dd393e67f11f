import type {backend_util} from '@tensorflow/tfjs-core';

/** The geometry of windows over images or volumes as tfjs computes it, channels last. */
export type Info = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

/** The geometry of a window along one dimension. */
interface Axis {
  readonly length: number;
  readonly out: number;
  readonly stride: number;
  /** Size of the window, with dilation. */
  readonly window: number;
  /** Zeros before the first element, at least 0: for windows smaller than their strides tfjs pads volumes by negative numbers. */
  readonly before: number;
}

/** The geometry along each spatial dimension. */
export function axesOf(info: Info): Axis[] {
  const axes = [
    {
      length: info.inHeight,
      out: info.outHeight,
      stride: info.strideHeight,
      window: info.effectiveFilterHeight,
      before: Math.max(0, info.padInfo.top),
    },
    {
      length: info.inWidth,
      out: info.outWidth,
      stride: info.strideWidth,
      window: info.effectiveFilterWidth,
      before: Math.max(0, info.padInfo.left),
    },
  ];
  if (!('inDepth' in info)) return axes;
  const depth = {
    length: info.inDepth,
    out: info.outDepth,
    stride: info.strideDepth,
    window: info.effectiveFilterDepth,
    before: Math.max(0, info.padInfo.front),
  };
  return [depth, ...axes];
}

/**
 * The shape of the input region that windows reach. With padding `same` and windows smaller than their strides, the last
 * rows or columns may be outside of all windows.
 */
export function reachedShape(shape: number[], info: Info): number[] {
  const lengths = axesOf(info).map(({length, out, stride, window}) =>
    Math.min(length, (out - 1) * stride + window),
  );
  return [shape[0], ...lengths, shape[shape.length - 1]];
}
