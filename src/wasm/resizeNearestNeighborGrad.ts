import {
  ResizeNearestNeighbor,
  type ResizeNearestNeighborGradAttrs,
  type ResizeNearestNeighborGradInputs,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';

/**
 * The gradient of nearest-neighbor resizing: adds each dy to its source pixel. The sources come from resizing an image of
 * pixel indices. The stock kernel misses some sources in images of one row or column, where the CPU backend never returns,
 * and adds the gradients of all images to the first.
 */
export const resizeNearestNeighborGrad =
  (): Kernel<ResizeNearestNeighborGradInputs, ResizeNearestNeighborGradAttrs> =>
  ({inputs: {images, dy}, attrs, backend}) => {
    const [batch, height, width, depth] = images.shape;
    const [, rows, columns] = dy.shape;
    return compose(backend, (run, track) => {
      const indices = track(backend.makeOutput([1, height, width, 1], 'float32'));
      backend.typedArrayFromHeap(indices).forEach((_, i, all) => {
        all[i] = i;
      });
      const sources = run(ResizeNearestNeighbor, {images: indices}, {...attrs, size: [rows, columns]});
      const dx = track(backend.makeOutput(images.shape, 'float32'));
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
