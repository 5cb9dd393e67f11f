import type {backend_util} from '@tensorflow/tfjs-core';

/** What tfjs computes of windows over images or volumes, channels last. */
export type Info = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

/** How a window moves along one dimension. */
interface Axis {
  readonly length: number;
  readonly out: number;
  readonly stride: number;
  /** How far it reaches, dilation included. */
  readonly window: number;
  /** Zeros before the first element; tfjs pads volumes by less than nothing where a window is smaller than its strides. */
  readonly before: number;
}

/** The dimensions that windows move along. */
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
 * The shape of the part of an input that windows reach: with padding `same` and a window smaller than its strides, the last
 * rows or columns may lie after all windows.
 */
export function reachedShape(shape: number[], info: Info): number[] {
  const lengths = axesOf(info).map(({length, out, stride, window}) =>
    Math.min(length, (out - 1) * stride + window),
  );
  return [shape[0], ...lengths, shape[shape.length - 1]];
}
