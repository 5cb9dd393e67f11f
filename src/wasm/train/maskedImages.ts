import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from '../backend';
import {address} from '../sideModule';
import {simd} from '../simd';
import type {ImageWindow} from './imageProduct';
import {type infoOf, type MaskedPlan, TILE} from './maskedPlan';
import {headOf} from './positions';

/** The attributes of a product with a masked kernel and of its gradients. */
export interface MaskedAttrs {
  readonly window: ImageWindow;
  readonly plan: MaskedPlan;
  /** Whether masked weights have a gradient other than 0. */
  readonly dense: boolean;
  /** The input as images. */
  readonly images: readonly number[];
  /** The shapes of the input and of the output, which have as many numbers as the images. */
  readonly inShape: readonly number[];
  readonly outShape: readonly number[];
}

export type MaskedKernel<Names extends string> = Kernel<Record<Names, TensorInfo>, MaskedAttrs>;

/** Keeps a tensor until the end of a kernel. */
export type Own = (info: TensorInfo) => TensorInfo;

/** Where the lists of positions are, in bytes. */
export function listsOf(backend: WasmBackend, positions: TensorInfo, {filter}: ImageWindow) {
  const [height, width, channels, outputs] = filter;
  const rows = height * width * channels;
  const start = address(backend, positions);
  return {
    rows: start,
    counts: start + 4 * (rows + 1),
    columns: start + 4 * headOf(rows, outputs),
    count: positions.shape[0] - headOf(rows, outputs),
  };
}

/** The kernel · mask, for products that are computed densely. */
export function maskedWeights(
  backend: WasmBackend,
  weights: TensorInfo,
  mask: TensorInfo,
  {filter}: ImageWindow,
): TensorInfo {
  const masked = backend.makeOutput([...filter], 'float32');
  keepOnes(backend, mask, weights, masked);
  return masked;
}

/** Copies the elements that are not masked, and stores 0 for the others. */
export function keepOnes(backend: WasmBackend, mask: TensorInfo, from: TensorInfo, to: TensorInfo): void {
  const [bits, source, target] = [mask, from, to].map((one) => address(backend, one));
  simd(backend).keepOnes(bits, util.sizeFromShape(mask.shape), source, target);
}

/** Whether images of one pixel are multiplied by a matrix. */
export const isMatrix = ({window: {filter}, images}: MaskedAttrs) =>
  filter[0] * filter[1] * images[1] * images[2] === 1;

/** A tensor as a matrix with a number of columns. */
export const asMatrix = (info: TensorInfo, columns: number) => ({
  ...info,
  shape: [1, util.sizeFromShape(info.shape) / columns, columns],
});

/** The attributes of the kernels of tfjs. */
export const convolutionOf = ({strides, pad}: ImageWindow) => ({
  strides,
  pad,
  dataFormat: 'NHWC',
  dilations: 1,
});

/** Where images lie with 0 around them. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
}

/** For images of one pixel. */
export const pixel: Canvas = {height: 1, width: 1, top: 0, left: 0};

/** The input of a convolution with its padding, and all that the last window spans. */
export function canvasOf(info: ReturnType<typeof infoOf>): Canvas {
  const {inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth} = info;
  const {top, left} = info.padInfo;
  return {
    height: Math.max(top + inHeight, (outHeight - 1) * strideHeight + filterHeight),
    width: Math.max(left + inWidth, (outWidth - 1) * strideWidth + filterWidth),
    top,
    left,
  };
}

/** Memory for a tile of images in a canvas, and for one of results. */
export function scratchFor(
  backend: WasmBackend,
  own: Own,
  {height, width}: Canvas,
  channels: number,
  result: readonly number[],
): number {
  const size = height * width * channels + util.sizeFromShape([...result]);
  return address(backend, own(backend.makeOutput([TILE * size], 'float32')));
}

interface Listed {
  /** The factors of a product as images, and its outputs. */
  readonly from: readonly [TensorInfo, images: readonly number[]];
  readonly to: readonly [TensorInfo, images: readonly number[]];
  readonly canvas: Canvas;
  /** The rows and columns of the canvas from a pixel of images to the next, and from a result to the next. */
  readonly steps: readonly [number, number, number, number];
  /** Where the list of each output begins, in bytes, the list, and the bias or 0. */
  readonly counts: number;
  readonly list: TensorInfo;
  readonly bias: number;
}

/** Multiplies images by a list of weights. */
export function multiplyListed(backend: WasmBackend, own: Own, listed: Listed): void {
  const {from, to, canvas, counts, list, bias} = listed;
  const {height, width, top, left} = canvas;
  const [rowSpread, columnSpread, rowStep, columnStep] = listed.steps;
  const [, outHeight, outWidth, outputs] = to[1];
  simd(backend).maskedProduct(
    address(backend, from[0]),
    ...from[1],
    ...[height, width, top, left, rowSpread, columnSpread, rowStep, columnStep],
    ...[counts, address(backend, list), bias, outputs, outHeight, outWidth],
    address(backend, to[0]),
    scratchFor(backend, own, canvas, from[1][3], to[1].slice(1)),
  );
}
