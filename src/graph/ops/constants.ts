import {range, sparseToDense, type Tensor, whereAsync} from '@tensorflow/tfjs-core';
import type {Convert} from '../scope';
import {constantOf} from '../value';

// Ops whose inputs have to be constant, so that their outputs are.

const between: Convert = async (node, scope) => {
  const [[start], [stop], [step]] = await Promise.all([0, 1, 2].map((i) => scope.numbers(node, i)));
  return constantOf(range(start, stop, step, scope.constant(node, 0).dtype as 'int32' | 'float32'));
};

const where: Convert = async (node, scope) => constantOf(await whereAsync(scope.constant(node, 0)));

const dense: Convert = async (node, scope) => {
  const shape = await scope.numbers(node, 1);
  const [indices, values, missing] = [0, 2, 3].map((i) => scope.constant(node, i));
  return constantOf(
    sparseToDense(indices.toInt(), values, shape, missing.cast(values.dtype) as Tensor as never),
  );
};

export const constants: Readonly<Record<string, Convert>> = {
  ...{Range: between, Where: where, SparseToDense: dense},
};
