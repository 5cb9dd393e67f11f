import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../backend';
import {address} from '../sideModule';
import {type Form, TILE} from './form';
import {isMatrix, reach, type Sizes, type Window} from './window';

/** The factors: the inputs, and where the nonzeros of the kernel, as words, and a bias for each output are. */
export interface Inputs {
  readonly x: TensorInfo;
  readonly nonzeros: number;
  readonly bias: number;
}

export interface Attributes {
  readonly window: Window;
  readonly form: Form;
  readonly groups: number;
  readonly taken: number;
  /** The bounds of outputs. */
  readonly low: number;
  readonly high: number;
  /** Whether threads share it, if there are several. */
  readonly isShared?: boolean;
}

/** Calls of the loop for images, one for each image. */
export interface Calls {
  /** The arguments for the first image; those of the next differ by `xStep` and `yStep` bytes. */
  readonly args: readonly number[];
  readonly count: number;
  readonly outHeight: number;
  readonly xStep: number;
  readonly yStep: number;
  /** The bytes of the scratch that each thread needs. */
  readonly room: number;
}

/** Where the arguments have the addresses of the images and of the outputs. */
const [X, Y] = [0, 17];

/** The arguments of each call. */
export function* each({args, count, xStep, yStep}: Calls): Iterable<number[]> {
  for (let i = 0; i < count; i++) {
    const own = [...args];
    own[X] += i * xStep;
    own[Y] += i * yStep;
    yield own;
  }
}

/** The calls that compute a product. */
export function callsOf(
  backend: WasmBackend,
  {x, nonzeros, bias}: Inputs,
  {window, form, groups, taken, low, high}: Attributes,
  sizes: Sizes,
  y: TensorInfo,
  scratch: TensorInfo,
): Calls {
  const {channels, rowStep, columnStep, isDepthwise} = window;
  const {size, bandHeight, pitch, plane} = form;
  const {count, height, width, padTop, padLeft, outHeight, outWidth, depth} = isMatrix(window)
    ? asTiles(sizes)
    : sizes;
  const [from, to, room] = [x, y, scratch].map((info) => address(backend, info));
  const [lastRow, lastColumn] = reach(window);
  const steps = [isMatrix(window) ? TILE : rowStep, columnStep, padTop, padLeft];
  // Without groups the loop is depthwise, without a height of bands one over pixels.
  const last = [lastRow, isDepthwise ? pitch : lastColumn, taken];
  const weights = [nonzeros, isDepthwise ? 0 : groups, size, bias, low, high];
  const out = [to, outHeight, outWidth, depth, isMatrix(window) ? 0 : bandHeight, plane, room];
  return {
    args: [from, height, width, channels, ...steps, ...last, ...weights, ...out],
    count,
    outHeight,
    xStep: 4 * height * width * channels,
    yStep: 4 * outHeight * outWidth * depth,
    room: 4 * scratch.shape[0],
  };
}

/** A list of pixels as a column, of which a row of outputs is a tile. */
function asTiles(sizes: Sizes): Sizes {
  const {width} = sizes;
  return {...sizes, height: width, width: 1, outHeight: Math.ceil(width / TILE), outWidth: TILE};
}
