import {mul} from '@tensorflow/tfjs-core';
import {activeShare} from '../statistics/outputs';
import type {Importance} from './importance';
import {byOutputs} from './units';

/**
 * A unit that is mostly silent matters least, as a ReLU may make it: the average percentage of zeros, turned around.
 *
 * formula: 1 − zeros / outputs of a unit
 * data: outputs
 * cost: a pass or two over the outputs in each batch
 * goes first: the unit with the largest share of zeros.
 *
 * @see Hu, Peng, Tai, Tang: Network Trimming, 2016.
 */
export function apoz(): Importance {
  return byOutputs(activeShare, (shares) => mul(shares, 1));
}
