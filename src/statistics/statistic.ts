import type {NamedTensorMap, Tensor} from '@tensorflow/tfjs-core';
import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import type {CollectOptions} from './options';
import type {Sums} from './sums';

/**
 * Something that training shows of a weight, added up over batches. An importance lists in its `needs` the
 * statistics that it scores by.
 */
export interface Statistic {
  readonly name: string;
  /**
   * What it is told of each batch: `gradients`, the gradient of the loss by the weight and the weight; `inputs`, what
   * the layer takes in, `[rows, features]`, where examples, positions and steps are rows; `outputs`, what it puts
   * out, after the activation, `[rows, units]`; `outputGradients`, that and the gradient of the loss by it.
   */
  readonly source: Source;
  /** It looks at one batch in so many; at each by default. */
  readonly every?: number;
  /** Adds what it is told to what it had before, times `decay`. It runs inside a tf.tidy. */
  readonly add: (before: Tensor[] | undefined, told: Tensor[], decay: number) => Tensor[];
  /** What is known after `count` rows, or gradients. It runs inside a tf.tidy. */
  readonly result: (sums: Tensor[], count: number) => Tensor;
  /** How it is taken. Statistics bring this along, so that a bundle without them is also without it. */
  readonly taken: Taking;
}

/** The two ways to take statistics. */
export interface Taking {
  /** Collects them while a model trains. */
  collect(
    network: Network,
    weights: readonly Weight[],
    needs: readonly Statistic[],
    options?: CollectOptions,
  ): Collection;
  /** Measures them on data: the inputs, and the targets if there are any. */
  measure(
    network: Network,
    data: Data,
    options: MeasureOptions & {needs: readonly Statistic[]},
  ): Promise<Statistics>;
}

/** Examples and their targets, each a tensor or a list of tensors. Only gradients need targets. */
export type Data = readonly [x: Tensor | Tensor[], y?: Tensor | Tensor[]];

export interface MeasureOptions extends CollectOptions {
  /** What to measure: the `needs` of an importance. */
  needs: readonly Statistic[] | undefined;
  /** How many batches to look at, from the first; all by default. */
  batches?: number;
  /** Examples in a batch; 32 by default. */
  batchSize?: number;
}

/** The statistics of the batches that a model sees from now on. */
export interface Collection {
  /** False while nothing is to be collected. */
  active: boolean;
  /** Takes the gradients of a batch, by the names of the variables. */
  take(gradients: NamedTensorMap): void;
  /** What has been collected since the last reset. */
  results(): Promise<Statistics>;
  reset(): void;
  /** What has been added up since, to go on with in another collection. */
  sums(): Promise<Sums[]>;
  /** Goes on with what another collection added up. @throws if it is of other statistics. */
  load(who: string, sums: readonly Sums[]): void;
  /** Ends it, and frees what was collected. */
  stop(): void;
}

export type Source = 'gradients' | 'inputs' | 'outputs' | 'outputGradients';

/**
 * By the name of a weight, by the name of a statistic: its values, in the row-major order of the weight for
 * gradients, one for each unit for outputs, one for each feature for inputs.
 */
export type Statistics = ReadonlyMap<string, WeightStatistics>;

export type WeightStatistics = Readonly<Record<string, Float32Array>>;

/** A statistic of a weight. @throws unless it is there. */
export function statisticOf(
  {name, statistics}: Pick<Weight, 'name'> & {statistics: WeightStatistics},
  statistic: Statistic,
): Float32Array {
  const values = statistics[statistic.name];
  if (values === undefined) {
    throw new Error(`prune: there is no ${statistic.name} of weight "${name}"; give data: [x, y]`);
  }
  return values;
}
