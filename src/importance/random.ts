import {randomUniform} from '@tensorflow/tfjs-core';
import type {Importance} from './importance';

/**
 * Chance decides, the baseline that every other importance has to beat: uniform scores in [0, 1).
 *
 * goes first: whatever the seed says; the same elements every time for the same seed.
 *
 * @param seed 0 by default. A weight's scores depend on it, the shape and the weight's place in the model.
 */
export function random({seed = 0}: {seed?: number} = {}): Importance {
  return ({value, index}) => randomUniform(value.shape, 0, 1, 'float32', `${seed}/${index}`);
}
