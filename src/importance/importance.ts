import type {Tensor} from '@tensorflow/tfjs-core';
import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import type {Statistic, WeightStatistics} from '../statistics/statistic';

/** Scores a weight's elements, by its values or by statistics of training. */
export interface Importance {
  /** Returns scores of the weight's shape; high scores are kept. Runs inside a tf.tidy. */
  (weight: Scored): Tensor;
  /** The statistics that it scores by. Callbacks collect them in fit, `measure` on data. */
  readonly needs?: readonly Statistic[];
  /** Why a weight has no score, such as `it has no batch norm`; undefined if it has. It is then unchanged, and listed. */
  readonly withoutScore?: (network: Network, weight: Weight) => string | undefined;
}

/** A weight to score. */
export interface Scored extends Weight {
  /** The function that the user called, in whose name errors are. */
  readonly who: string;
  /** The model as the call reads it. */
  readonly network: Network;
  /** Its index among the model's prunable weights, from 0. */
  readonly index: number;
  /** A number that differs between the updates of `regrowth`, which scores by new random numbers each time; undefined elsewhere. */
  readonly draw?: number;
  /** Its statistics by name; empty if the importance needs none. */
  readonly statistics: WeightStatistics;
}
