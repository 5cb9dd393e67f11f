import {
  ResizeNearestNeighbor,
  type ResizeNearestNeighborGradAttrs,
  type ResizeNearestNeighborGradInputs,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';

/**
 * The gradient of resizing by the nearest pixel: each dy goes to the pixel that it comes from, which the kernel of the backend
 * says of an image of places. (The kernel that stood before misses some in images of one row or column, where that of the CPU
 * backend never ends, and takes further images for the first.)
 */
export const resizeNearestNeighborGrad =
  (): Kernel<ResizeNearestNeighborGradInputs, ResizeNearestNeighborGradAttrs> =>
  ({inputs: {images, dy}, attrs, backend}) => {
    const [batch, height, width, depth] = images.shape;
    const [, rows, columns] = dy.shape;
    return compose(backend, (run, own) => {
      const places = own(backend.makeOutput([1, height, width, 1], 'float32'));
      backend.typedArrayFromHeap(places).forEach((_, i, all) => {
        all[i] = i;
      });
      const sources = run(ResizeNearestNeighbor, {images: places}, {...attrs, size: [rows, columns]});
      const dx = own(backend.makeOutput(images.shape, 'float32'));
      const from = backend.typedArrayFromHeap(dy);
      const source = backend.typedArrayFromHeap(sources);
      const to = backend.typedArrayFromHeap(dx).fill(0);
      let at = 0;
      for (let b = 0; b < batch; b++) {
        for (let i = 0; i < source.length; i++) {
          const pixel = (b * height * width + source[i]) * depth;
          for (let c = 0; c < depth; c++, at++) to[pixel + c] += from[at];
        }
      }
      return dx;
    });
  };
