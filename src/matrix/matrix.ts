import {type Tensor, type Tensor2D, tensor2d} from '@tensorflow/tfjs-core';
import {bitsOf} from '../model/bits';
import type {Weight} from '../model/weight';
import {describe} from '../util/describe';
import {wrong} from '../util/options';

/** A sparse matrix in coordinate format: its nonzeros in row-major order, with row and column. */
export interface Coo {
  /** The numbers of rows and columns. */
  readonly shape: readonly [rows: number, columns: number];
  /** The row of each nonzero. */
  readonly rows: Int32Array;
  /** The column of each nonzero. */
  readonly columns: Int32Array;
  /** The nonzeros. */
  readonly values: Float32Array;
}

/** A sparse matrix in compressed-row format: row i has the elements offsets[i] to offsets[i + 1]. */
export interface Csr extends Omit<Coo, 'rows'> {
  /** The index of the first nonzero of each row, and the number of nonzeros at the end. */
  readonly offsets: Int32Array;
}

/** A tensor with two or more axes, or a prunable weight, whose masked elements count as zeros. */
export type MatrixSource = Tensor | Pick<Weight, 'value' | 'mask'>;

/**
 * Converts a matrix to coordinate format.
 *
 * @param source A tensor, or a weight from `prunableWeights`; columns run along its last axis, rows along all others.
 * @returns rows, columns and values of the nonzeros, in the order of the rows.
 * @throws if it has fewer than two axes.
 * @example const {rows, columns, values} = await coo(tf.tensor2d([[0, 2], [3, 0]]));
 */
export async function coo(source: MatrixSource): Promise<Coo> {
  return cooOf('coo', source);
}

async function cooOf(who: string, source: MatrixSource): Promise<Coo> {
  const value = 'mask' in Object(source) ? (source as Weight).value : (source as Tensor);
  if (!(value?.shape?.length > 1)) {
    const got = value?.shape === undefined ? describe(value) : `[${value.shape}]`;
    throw new Error(`${who}: expected a weight or a tensor with two or more axes, got ${got}`);
  }
  const [dense, mask] = await Promise.all([value.data(), 'mask' in source ? bitsOf(source.mask) : undefined]);
  const columns = value.shape[value.shape.length - 1];
  const isKept = (i: number) => dense[i] !== 0 && (mask === undefined || mask[i] !== 0);
  let count = 0;
  for (let i = 0; i < dense.length; i++) count += +isKept(i);
  const rows = new Int32Array(count);
  const found = {columns: new Int32Array(count), values: new Float32Array(count)};
  for (let i = 0, next = 0; next < count; i++) {
    if (isKept(i)) {
      rows[next] = Math.floor(i / columns);
      found.columns[next] = i % columns;
      found.values[next++] = dense[i];
    }
  }
  return {shape: [columns === 0 ? 0 : dense.length / columns, columns], rows, ...found};
}

/**
 * Converts a matrix, or the result of `coo`, to compressed-row format.
 *
 * @returns the offsets of the rows in the columns and values of the nonzeros.
 * @throws if it has fewer than two axes.
 * @example const matrix = await csr(prunableWeights(model)[0]);
 */
export async function csr(source: MatrixSource | Coo): Promise<Csr> {
  const {rows, ...rest} =
    'rows' in Object(source) ? (source as Coo) : await cooOf('csr', source as MatrixSource);
  const offsets = new Int32Array(rest.shape[0] + 1);
  for (const row of rows) offsets[row + 1]++;
  for (let row = 0; row < rest.shape[0]; row++) offsets[row + 1] += offsets[row];
  return {...rest, offsets};
}

/**
 * Converts a sparse matrix to a dense tensor `[rows, columns]`.
 *
 * @returns the tensor `[rows, columns]`, float32.
 * @throws unless it is a result of `coo` or `csr`.
 * @example toDense(await csr(tf.tensor2d([[0, 2], [3, 0]]))).print();
 */
export function toDense(matrix: Coo | Csr): Tensor2D {
  assertMatrix('toDense', matrix, ['rows', 'offsets']);
  const {shape, columns, values} = matrix;
  const all = new Float32Array(shape[0] * shape[1]);
  const rows = 'rows' in matrix ? matrix.rows : rowsOf(matrix);
  for (const [i, value] of values.entries()) all[rows[i] * shape[1] + columns[i]] = value;
  return tensor2d(all, [...shape]);
}

/** The row of each element. */
export function rowsOf({offsets, values}: Csr): Int32Array {
  const rows = new Int32Array(values.length);
  for (let row = 0; row + 1 < offsets.length; row++) rows.fill(row, offsets[row], offsets[row + 1]);
  return rows;
}

/** Throws unless a value is a sparse matrix. @param by The accepted fields that give the rows. */
export function assertMatrix(who: string, matrix: unknown, by: readonly string[] = ['offsets']): void {
  const {shape, columns, values, ...rest} = Object(matrix) as Partial<Csr>;
  if (
    shape?.length !== 2 ||
    columns === undefined ||
    values === undefined ||
    !by.some((name) => name in rest)
  ) {
    throw wrong(
      who,
      'the matrix',
      `the awaited result of ${by.length > 1 ? 'coo() or csr()' : 'csr()'}`,
      matrix,
    );
  }
}
