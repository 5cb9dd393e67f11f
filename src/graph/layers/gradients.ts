import {
  cast,
  customGrad,
  gather,
  reshape,
  type Tensor,
  unsortedSegmentSum,
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
