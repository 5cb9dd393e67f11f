import type {CropAndResizeAttrs, CropAndResizeInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * Boxes cut out of images and resized. (The kernel that stood before finds places in single precision, which puts some of the
 * last column or row outside of the image.)
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
    const round = attrs.method === 'nearest' ? Math.round : (place: number) => place;
    let at = 0;
    for (let box = 0; box < boxes.shape[0]; box++) {
      const [y1, x1, y2, x2] = edges.subarray(4 * box, 4 * box + 4);
      for (let r = 0; r < rows; r++) {
        const row = placeOf(r, rows, y1, y2, height);
        for (let s = 0; s < columns; s++) {
          const column = placeOf(s, columns, x1, x2, width);
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

/** The row or column of an image that an output has between two edges, which are shares of the image. */
function placeOf(output: number, outputs: number, first: number, last: number, length: number): number {
  if (outputs === 1) return 0.5 * (first + last) * (length - 1);
  return first * (length - 1) + output * (((last - first) * (length - 1)) / (outputs - 1));
}
