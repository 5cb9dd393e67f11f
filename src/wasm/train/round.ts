import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from '../backend';
import {address} from '../sideModule';
import {simd} from '../simd';

/** A weight, and the positions of its remaining elements, or its mask; without either all remain. */
interface Rounded {
  readonly x: TensorInfo;
  readonly positions?: TensorInfo;
  readonly mask?: TensorInfo;
}

/** Fills a tensor like x by a loop, which gets the first arguments of both: x, its size, the positions and how many there are. */
function rounded(
  backend: WasmBackend,
  {x, positions, mask}: Rounded,
  loop: (...args: [from: number, size: number, positions: number, places: number, to: number]) => void,
): TensorInfo {
  const y = backend.makeOutput(x.shape, 'float32');
  const size = util.sizeFromShape(x.shape);
  const [from, to] = [address(backend, x), address(backend, y)];
  if (positions === undefined) loop(from, size, 0, 0, to);
  else loop(from, size, address(backend, positions), util.sizeFromShape(positions.shape), to);
  if (mask !== undefined) simd(backend).keepOnes(address(backend, mask), size, to, to);
  return y;
}

/** Rounds to the entries of a codebook. */
const toCodebook =
  (): Kernel<Rounded & {borders: TensorInfo; entries: TensorInfo}> =>
  ({inputs: {borders, entries, ...weight}, backend}) => {
    const [low, own] = [address(backend, borders), address(backend, entries)];
    return rounded(backend, weight, (from, size, positions, places, to) =>
      simd(backend).roundToCodebook(from, size, positions, places, low, borders.shape[0], own, to),
    );
  };

/** Rounds to multiples of scales. */
const toSteps =
  (): Kernel<Rounded & {scales: TensorInfo}, {most: number}> =>
  ({inputs: {scales, ...weight}, attrs: {most}, backend}) =>
    rounded(backend, weight, (from, size, positions, places, to) =>
      simd(backend).roundToSteps(from, size, positions, places, address(backend, scales), most, to),
    );

/** The kernels that `quantization` looks up by name. */
export const roundKernels = {RoundToCodebook: toCodebook, RoundToSteps: toSteps};
