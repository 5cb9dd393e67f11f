import type {CropAndResizeAttrs, CropAndResizeInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * Crops boxes out of images and resizes them. The stock kernel computes positions in single precision, which puts parts of
 * the last row or column outside the image.
 */
export const cropAndResize =
  (): Kernel<CropAndResizeInputs, CropAndResizeAttrs> =>
  ({inputs: {image, boxes, boxInd}, attrs, backend}) => {
    const [, height, width, depth] = image.shape;
    const [rows, columns] = attrs.cropSize;
    const out = backend.makeOutput([boxes.shape[0], rows, columns, depth], 'float32');
    const from = backend.typedArrayFromHeap(image);
    const edges = backend.typedArrayFromHeap(boxes);
    const images = backend.typedArrayFromHeap(boxInd);
    const to = backend.typedArrayFromHeap(out);
    const round = attrs.method === 'nearest' ? Math.round : (position: number) => position;
    let at = 0;
    for (let box = 0; box < boxes.shape[0]; box++) {
      const [y1, x1, y2, x2] = edges.subarray(4 * box, 4 * box + 4);
      for (let r = 0; r < rows; r++) {
        const row = positionOf(r, rows, y1, y2, height);
        for (let s = 0; s < columns; s++) {
          const column = positionOf(s, columns, x1, x2, width);
          const isInside = row >= 0 && row <= height - 1 && column >= 0 && column <= width - 1;
          const [y, x] = [round(row), round(column)];
          const [top, left] = [Math.floor(y), Math.floor(x)];
          const [down, across] = [(Math.ceil(y) - top) * width * depth, (Math.ceil(x) - left) * depth];
          let pixel = ((images[box] * height + top) * width + left) * depth;
          for (let c = 0; c < depth; c++, at++, pixel++) {
            if (!isInside) {
              to[at] = attrs.extrapolationValue;
              continue;
            }
            const above = from[pixel] + (from[pixel + across] - from[pixel]) * (x - left);
            const below =
              from[pixel + down] + (from[pixel + down + across] - from[pixel + down]) * (x - left);
            to[at] = above + (below - above) * (y - top);
          }
        }
      }
    }
    return out;
  };

/** The row or column, as a fraction, at which an output samples the image between two edges given as shares of it. */
function positionOf(output: number, outputs: number, first: number, last: number, length: number): number {
  if (outputs === 1) return 0.5 * (first + last) * (length - 1);
  return first * (length - 1) + output * (((last - first) * (length - 1)) / (outputs - 1));
}
