import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WasmBackend} from './backend';

/**
 * Lays images `[batch, rows, columns, depth]` on canvases of zeros `[batch, height, width, depth]`: the pixel
 * of row r and column c comes to row `top + r · rowStep` and column `left + c · columnStep`, and what falls
 * outside is cut off. So it pads, crops and dilates in one copy.
 */
export function lay(
  backend: WasmBackend,
  images: TensorInfo,
  [height, width]: [height: number, width: number],
  [top, left]: [top: number, left: number],
  [rowStep, columnStep]: [rowStep: number, columnStep: number] = [1, 1],
): TensorInfo {
  const [batch, rows, columns, depth] = images.shape;
  const canvas = backend.makeOutput([batch, height, width, depth], 'float32');
  const heap = new Float32Array(backend.wasm.HEAPU8.buffer);
  const address = ({dataId}: TensorInfo) => backend.dataIdMap.get(dataId).memoryOffset / 4;
  const from = address(images);
  const to = address(canvas);
  heap.fill(0, to, to + batch * height * width * depth);

  const first = Math.max(0, Math.ceil(-left / columnStep));
  const end = Math.min(columns, Math.ceil((width - left) / columnStep));
  // Pixels that stay neighbors are copied at once.
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
