import {cast, range, type Scalar, sparseToDense, whereAsync} from '@tensorflow/tfjs-core';
import type {Convert} from '../scope';

// Ops whose inputs have to be constant, so that their outputs are.

const between: Convert = async (node, scope) => {
  const [[start], [stop], [step]] = await Promise.all([0, 1, 2].map((i) => scope.numbers(node, i)));
  const {dtype} = scope.constant(node, 0);
  return scope.computed(() => range(start, stop, step, dtype as 'int32' | 'float32'));
};

const where: Convert = async (node, scope) => {
  const found = await whereAsync(scope.constant(node, 0));
  return scope.computed(() => found);
};

const dense: Convert = async (node, scope) => {
  const shape = await scope.numbers(node, 1);
  const [indices, values, missing] = [0, 2, 3].map((i) => scope.constant(node, i));
  return scope.computed(() =>
    sparseToDense(cast(indices, 'int32'), values, shape, cast(missing, values.dtype) as Scalar),
  );
};

export const constants: Readonly<Record<string, Convert>> = {
  ...{Range: between, Where: where, SparseToDense: dense},
};
