import {randomUniform} from '@tensorflow/tfjs-core';
import {assertNumber, assertOptions} from '../util/options';
import type {Importance} from './importance';

/**
 * Chance decides, the baseline that every other importance has to beat.
 *
 * formula: uniform in [0, 1)
 * data: none
 * goes first: whatever the seed says; the same elements every time for the same seed.
 *
 * @param seed 0 by default. A weight's scores depend on it, the shape and the weight's place in the model.
 * @see Gale, Elsen, Hooker: The State of Sparsity in Deep Neural Networks, 2019, for the baseline.
 */
export function random(options: {seed?: number} = {}): Importance {
  assertOptions('random', options, ['seed']);
  const {seed = 0} = options;
  assertNumber('random', 'seed', seed, 'a number');
  return ({value, index}) => randomUniform(value.shape, 0, 1, 'float32', `${seed}/${index}`);
}
