import {type DataType, type Tensor, zeros} from '@tensorflow/tfjs-core';
import {shadow} from '../model/shadow';
import {classMap} from '../model/tfjs';

interface Initializer {
  apply(shape: number[], dtype?: DataType): Tensor;
}

/** The random initializers of tfjs; the other ones, as Glorot's, inherit from the one that scales variances. */
const RANDOM = ['RandomUniform', 'RandomNormal', 'TruncatedNormal', 'VarianceScaling', 'Orthogonal'];

/**
 * Makes layers whose random weights are 0, because they are overwritten: a truncated normal takes 100 ns per number, and
 * an orthogonal matrix of 512 units takes seconds.
 */
export function withoutRandom<Result>(make: () => Result): Result {
  const restore = RANDOM.map((name) =>
    shadow(classMap()[name][0].prototype as Initializer, 'apply', () => zeros),
  );
  try {
    return make();
  } finally {
    for (const end of restore) end();
  }
}
