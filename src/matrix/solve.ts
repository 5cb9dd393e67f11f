import {type Tensor, tensor1d} from '@tensorflow/tfjs-core';
import {assertCount, assertNumber, assertOptions, assertTensor} from '../util/options';
import {assertMatrix, type Csr, rowsOf} from './matrix';
import {times, transposedTimes} from './multiply';

/** Options for `solve`. */
export interface SolveOptions {
  /** The relative residual at which to stop. Default: 1e-6. */
  readonly tolerance?: number;
  /** The maximum number of steps. Default: ten times the number of columns. */
  readonly iterations?: number;
}

/**
 * Solves A·x = b by conjugate gradients if A is symmetric and positive definite; otherwise minimizes ‖b − A·x‖ by CGLS. Uses
 * Jacobi preconditioning, with the diagonal of A or of AᵀA.
 *
 * @param b A tensor with one number for each row of A.
 * @returns x, a tensor `[columns]`; the residual ‖b − A·x‖; the number of iterations; and whether it converged.
 * @throws if b does not fit.
 * @see Hestenes, Stiefel: Methods of Conjugate Gradients for Solving Linear Systems, 1952.
 * @example const {x: solution, residual} = await solve(await csr(tf.tensor2d([[4, 1], [1, 3]])), tf.tensor1d([1, 2]));
 */
export async function solve(matrix: Csr, b: Tensor, options: SolveOptions = {}) {
  assertMatrix('solve', matrix);
  assertTensor('solve', 'b', b);
  assertOptions('solve', options, ['tolerance', 'iterations']);
  if (b.size !== matrix.shape[0]) {
    throw new Error(
      `solve: b must have ${matrix.shape[0]} numbers for a matrix [${matrix.shape}], got [${b.shape}]`,
    );
  }
  const {tolerance = 1e-6, iterations = 10 * matrix.shape[1]} = options;
  assertSolve('solve', tolerance, iterations);
  const target = Float64Array.from(await b.data());
  const {x, ...rest} = descend(matrix, target, tolerance, iterations, isSymmetric(matrix));
  const residual = norm(times(matrix, x).map((value, i) => target[i] - value));
  return {x: tensor1d(Float32Array.from(x)), residual, ...rest};
}

/** Throws unless these are valid stopping criteria. */
export function assertSolve(who: string, tolerance: unknown, iterations: unknown): void {
  assertNumber(who, 'tolerance', tolerance, 'a number from 0', (x) => x >= 0);
  assertCount(who, 'iterations', iterations, 0);
}

type Found = {x: Float64Array; iterations: number; converged: boolean};

/** @param isDefinite Whether to assume that the matrix is positive definite, until a step disproves it. */
function descend(A: Csr, b: Float64Array, tolerance: number, most: number, isDefinite: boolean): Found {
  // The gradient: the residual r of a definite system, Aᵀ·r of least squares.
  const slopeOf = (residual: Float64Array) => (isDefinite ? residual : transposedTimes(A, residual));
  const scale = diagonalOf(A, isDefinite);
  const scaled = (slope: Float64Array) => slope.map((value, i) => value / (scale[i] || 1));
  let x: Float64Array = new Float64Array(A.shape[1]);
  let residual = b;
  let slope = slopeOf(residual);
  const goal = tolerance * norm(slope);
  let direction: Float64Array = scaled(slope);
  let size = dot(slope, direction);
  for (let iterations = 0; ; iterations++) {
    const converged = norm(slope) <= goal;
    if (converged || iterations === most) {
      return {x, iterations, converged};
    }
    const image = times(A, direction);
    const curvature = dot(isDefinite ? direction : image, image);
    if (!(curvature > 0 && size > 0)) {
      return isDefinite ? descend(A, b, tolerance, most, false) : {x, iterations, converged};
    }
    x = plus(x, size / curvature, direction);
    residual = plus(residual, -size / curvature, image);
    slope = slopeOf(residual);
    const [next, last] = [scaled(slope), size];
    size = dot(slope, next);
    direction = plus(next, size / last, direction);
  }
}

/** The diagonal of A if it is definite, else of AᵀA. */
function diagonalOf(A: Csr, isDefinite: boolean): Float64Array {
  const sums = new Float64Array(A.shape[1]);
  rowsOf(A).forEach((row, i) => {
    sums[A.columns[i]] += isDefinite ? (row === A.columns[i] ? A.values[i] : 0) : A.values[i] ** 2;
  });
  return sums;
}

function isSymmetric(A: Csr): boolean {
  const [rows, [height, width]] = [rowsOf(A), A.shape];
  const at = new Map(Array.from(A.values, (value, i) => [rows[i] * width + A.columns[i], value]));
  return height === width && A.values.every((value, i) => value === at.get(A.columns[i] * width + rows[i]));
}

const plus = (x: Float64Array, factor: number, y: Float64Array) => x.map((value, i) => value + factor * y[i]);
const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
const norm = (x: Float64Array) => Math.sqrt(dot(x, x));
