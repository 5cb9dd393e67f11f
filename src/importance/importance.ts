import type {Tensor} from '@tensorflow/tfjs-core';
import type {Weight} from '../model/weight';
import type {Statistic, WeightStatistics} from '../statistics/statistic';

/** Scores the elements of a weight by what it is, or by what training shows of it. */
export interface Importance {
  /** A tensor of the shape of the weight, where a high score always means keep. It runs inside a tf.tidy. */
  (weight: Scored): Tensor;
  /** The statistics it scores by; callbacks collect them while fit runs, `measure` does it on data. */
  readonly needs?: readonly Statistic[];
}

/** A weight under judgement. */
export interface Scored extends Weight {
  /** Its place among the prunable weights of the model, from 0. */
  readonly index: number;
  /** What is known of it, by the names of statistics; empty where the importance needs nothing. */
  readonly statistics: WeightStatistics;
}
