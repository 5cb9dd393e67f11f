import type {backend_util, TensorInfo} from '@tensorflow/tfjs-core';
import type {WasmBackend} from './backend';
import {address} from './sideModule';

/**
 * Pads, crops and dilates images in one copy: the pixel at row r and column c moves to row `top + r · rowStep` and column
 * `left + c · columnStep` of an image of zeros. Pixels outside of it are dropped.
 *
 * @param images `[batch, rows, columns, depth]`
 * @returns `[batch, height, width, depth]`
 */
export function padAndDilate(
  backend: WasmBackend,
  images: TensorInfo,
  [height, width]: [height: number, width: number],
  [top, left]: [top: number, left: number],
  [rowStep, columnStep]: [rowStep: number, columnStep: number] = [1, 1],
): TensorInfo {
  const [batch, rows, columns, depth] = images.shape;
  const canvas = backend.makeOutput([batch, height, width, depth], 'float32');
  const heap = new Float32Array(backend.wasm.HEAPU8.buffer);
  const from = address(backend, images) / 4;
  const to = address(backend, canvas) / 4;
  heap.fill(0, to, to + batch * height * width * depth);

  const first = Math.max(0, Math.ceil(-left / columnStep));
  const end = Math.min(columns, Math.ceil((width - left) / columnStep));
  // Pixels that stay neighbors are copied together.
  const span = columnStep === 1 ? Math.max(1, end - first) : 1;
  for (let b = 0; b < batch; b++) {
    for (let r = 0; r < rows; r++) {
      const row = top + r * rowStep;
      if (row < 0 || row >= height) continue;
      for (let c = first; c < end; c += span) {
        const source = from + ((b * rows + r) * columns + c) * depth;
        const target = to + ((b * height + row) * width + left + c * columnStep) * depth;
        heap.copyWithin(target, source, source + span * depth);
      }
    }
  }
  return canvas;
}

/**
 * dy padded and dilated by the stride, so that a convolution of it with the rotated filter is the gradient of a convolution
 * with respect to its input.
 */
export function padForInputGradient(
  backend: WasmBackend,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const {inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo} = info;
  return padAndDilate(
    backend,
    dy,
    [inHeight + filterHeight - 1, inWidth + filterWidth - 1],
    [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left],
    [strideHeight, strideWidth],
  );
}
