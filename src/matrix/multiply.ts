import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {assertTensor} from '../util/options';
import {assertMatrix, type Csr, rowsOf} from './matrix';

/**
 * Multiplies a sparse matrix by a dense vector or matrix, on the host.
 *
 * @param other A tensor `[columns]` or `[columns, n]`
 * @returns the product, `[rows]` or `[rows, n]`
 * @throws if the sizes do not fit.
 * @example const product = await multiply(await csr(tf.tensor2d([[0, 2], [3, 0]])), tf.tensor1d([1, 1]));
 */
export async function multiply(matrix: Csr, other: Tensor): Promise<Tensor> {
  assertMatrix('multiply', matrix);
  assertTensor('multiply', 'the other', other);
  const [rows, columns] = matrix.shape;
  if (other.shape[0] !== columns || other.shape.length > 2) {
    throw new Error(
      `multiply: cannot multiply [${matrix.shape}] by [${other.shape}]; the columns must match the other's first axis`,
    );
  }
  const product = times(matrix, await other.data(), other.shape[1] ?? 1);
  return tensor(Float32Array.from(product), [rows, ...other.shape.slice(1)]);
}

/** A·x, where x has `width` columns. */
export function times({shape, offsets, columns, values}: Csr, x: ArrayLike<number>, width = 1): Float64Array {
  const product = new Float64Array(shape[0] * width);
  for (let row = 0; row < shape[0]; row++) {
    for (let i = offsets[row]; i < offsets[row + 1]; i++) {
      const [to, from] = [row * width, columns[i] * width];
      for (let j = 0; j < width; j++) product[to + j] += values[i] * x[from + j];
    }
  }
  return product;
}

/** Aᵀ·x. */
export function transposedTimes(matrix: Csr, x: Float64Array): Float64Array {
  const product = new Float64Array(matrix.shape[1]);
  for (const [i, row] of rowsOf(matrix).entries()) product[matrix.columns[i]] += matrix.values[i] * x[row];
  return product;
}
