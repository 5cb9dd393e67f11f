import {zeros} from '@tensorflow/tfjs-core';
import {type LayerVariable, layers} from '@tensorflow/tfjs-layers';

type Initializer = {getClassName(): string; apply: (shape: number[], dtype?: 'float32') => unknown};
type AddWeight = (
  name: string,
  shape: number[],
  dtype: string | undefined,
  initializer: Initializer,
  ...rest: unknown[]
) => LayerVariable;

/** The names under which tfjs's random initializers are saved. */
const RANDOM = new Set(['RandomUniform', 'RandomNormal', 'TruncatedNormal', 'VarianceScaling', 'Orthogonal']);

/**
 * Makes layers whose random weights are 0 instead, as they are overwritten before anyone sees them: a truncated normal takes
 * 100 ns a number, and an orthogonal matrix of 512 units seconds.
 */
export function withoutRandom<Result>(make: () => Result): Result {
  const layer = layers.Layer.prototype as unknown as {addWeight: AddWeight};
  const {addWeight} = layer;
  layer.addWeight = function (name, shape, dtype, initializer, ...rest) {
    const isRandom = RANDOM.has(initializer?.getClassName());
    return addWeight.call(this, name, shape, dtype, isRandom ? zero : initializer, ...rest);
  };
  try {
    return make();
  } finally {
    layer.addWeight = addWeight;
  }
}

const zero: Initializer = {getClassName: () => 'Zeros', apply: (shape, dtype) => zeros(shape, dtype)};
