import {randomUniform} from '@tensorflow/tfjs-core';
import {assertOptions} from '../options';
import type {Importance} from './importance';

/**
 * Chance decides, the baseline that every other importance has to beat: uniform scores in [0, 1).
 *
 * goes first: whatever the seed says; the same elements every time for the same seed.
 *
 * @param seed 0 by default. A weight's scores depend on it, the shape and the weight's place in the model.
 */
export function random(options: {seed?: number} = {}): Importance {
  assertOptions('random', options, ['seed']);
  const {seed = 0} = options;
  return ({value, index}) => randomUniform(value.shape, 0, 1, 'float32', `${seed}/${index}`);
}
