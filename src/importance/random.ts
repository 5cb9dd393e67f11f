import {randomUniform} from '@tensorflow/tfjs-core';
import {assertNumber, assertOptions} from '../util/options';
import type {Importance} from './importance';

/**
 * Scores elements at random, as a baseline for the other importances.
 *
 * formula: uniform in [0, 1)
 * data: none
 * pruned first: random elements, the same for equal seeds.
 *
 * @param options.seed 0 by default. Scores depend on the seed, the weight's shape and its index in the model.
 * @returns an importance, whose scores have the shape of the weight.
 * @throws unless the seed is a number, or on unknown options.
 * @see Gale, Elsen, Hooker: The State of Sparsity in Deep Neural Networks, 2019, for the baseline.
 */
export function random(options: {seed?: number} = {}): Importance {
  assertOptions('random', options, ['seed']);
  const {seed = 0} = options;
  assertNumber('random', 'seed', seed, 'a number');
  return ({value, index, draw}) => {
    const path = draw === undefined ? `${seed}/${index}` : `${seed}/${index}/${draw}`;
    return randomUniform(value.shape, 0, 1, 'float32', path);
  };
}
