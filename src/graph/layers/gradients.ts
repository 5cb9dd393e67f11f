import {
  cast,
  customGrad,
  gather,
  reshape,
  sum,
  type Tensor,
  tensor1d,
  tile,
  unsortedSegmentSum,
  util,
  zeros,
} from '@tensorflow/tfjs-core';

/** Gives a function that tfjs cannot differentiate gradients of 0, as for comparisons. */
export function flat<Args extends Tensor[]>(compute: (...args: Args) => Tensor): (...args: Args) => Tensor {
  return (...args) => {
    // The last argument saves tensors for the gradient.
    const op = customGrad((...given: unknown[]) => ({
      value: compute(...(given.slice(0, args.length) as Args)),
      gradFunc: () => args.map(({shape}) => zeros(shape)),
    }));
    return op(...args);
  };
}

/** Rows by indices that have no gradient: that of `tf.gather` fails where the indices depend on a variable. */
export function rowsAt(rows: Tensor, indices: Tensor): Tensor {
  const flatIndices = cast(reshape(indices, [-1]), 'int32') as Parameters<typeof unsortedSegmentSum>[1];
  const op = customGrad((given: Tensor | unknown) => ({
    value: gather(given as Tensor, flatIndices),
    gradFunc: (dy: Tensor) => unsortedSegmentSum(dy, flatIndices, rows.shape[0]),
  }));
  return op(rows);
}

/** Repeats a tensor along its dimensions. The gradient of `tf.tile` ends at rank 4. */
export function tiled(x: Tensor, reps: readonly number[]): Tensor {
  if (reps.every((count) => count === 1)) return x;
  const op = customGrad((given: Tensor | unknown) => ({
    value: tile(given as Tensor, [...reps]),
    gradFunc: (dy: Tensor) => reps.reduce((rest, _, axis) => summed(rest, x.shape, reps, axis), dy),
  }));
  return op(x);
}

/** Adds up the repetitions along an axis. Those along the axes before it are added up. */
function summed(dy: Tensor, shape: number[], reps: readonly number[], axis: number): Tensor {
  if (reps[axis] === 1) return dy;
  const [before, after] = [shape.slice(0, axis), dy.shape.slice(axis + 1)];
  const parts = [util.sizeFromShape(before), reps[axis], shape[axis] * util.sizeFromShape(after)];
  return reshape(sum(reshape(dy, parts), 1), [...before, shape[axis], ...after]);
}

/** Broadcasts a tensor to a shape, with a gradient for each rank, which `tf.broadcastTo` takes from `tf.tile`. */
export function broadcastTo(x: Tensor, shape: readonly number[]): Tensor {
  const dims = [...Array(shape.length - x.rank).fill(1), ...x.shape];
  return tiled(
    reshape(x, dims),
    shape.map((size, i) => (dims[i] === size ? 1 : size)),
  );
}

/**
 * Continues a tensor beyond its ends by its own elements, in reverse order. The gradient of `tf.mirrorPad` leaves out the copies.
 *
 * @param mode Whether the element at the end comes again (`symmetric`) or not (`reflect`).
 */
export function mirrored(
  x: Tensor,
  paddings: readonly (readonly [number, number])[],
  mode: 'reflect' | 'symmetric',
): Tensor {
  const edge = mode === 'reflect' ? 0 : 1;
  return paddings.reduce((padded, [before, after], axis) => {
    if (before + after === 0) return padded;
    const size = x.shape[axis];
    const indices = Array.from({length: before + size + after}, (_, position) => {
      const i = position - before;
      if (i < 0) return -i - edge;
      return i < size ? i : 2 * size - 2 + edge - i;
    });
    return gather(padded, tensor1d(indices, 'int32'), axis);
  }, x);
}
