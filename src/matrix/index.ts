/**
 * Sparse matrices, linear systems and sparse regression.
 *
 * @module tfjs-pruning/matrix
 */

export {type LassoOptions, lasso} from './lasso';
export {type Coo, type Csr, coo, csr, type MatrixSource, toDense} from './matrix';
export {multiply} from './multiply';
export {type SolveOptions, solve} from './solve';
