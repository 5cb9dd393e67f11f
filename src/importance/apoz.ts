import {mul} from '@tensorflow/tfjs-core';
import {activeShare} from '../statistics/outputs';
import {assertNoArguments} from '../util/options';
import type {Importance} from './importance';
import {byOutputs} from './units';

/**
 * Scores each unit by the share of nonzero outputs, one minus the average percentage of zeros (APoZ). Suits units with ReLU.
 *
 * formula: 1 − zeros / outputs of a unit
 * data: outputs
 * cost: one or two passes over the outputs per batch
 * pruned first: the unit with the largest share of zeros.
 *
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws if it gets an argument.
 * @see Hu, Peng, Tai, Tang: Network Trimming, 2016.
 */
export function apoz(): Importance {
  assertNoArguments('apoz', arguments);
  return byOutputs(activeShare, (shares) => mul(shares, 1));
}
