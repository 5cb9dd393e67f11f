import type {NamedTensorMap, Tensor} from '@tensorflow/tfjs-core';
import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import type {CollectOptions} from './options';
import type {Sums} from './sums';

/** A weight's statistic, added up over batches. An importance lists the statistics that it scores by in its `needs`. */
export interface Statistic {
  /** The key of its values; one name for one statistic. */
  readonly name: string;
  /**
   * The tensors that `add` gets for each batch. `gradients`: the loss gradient by the weight, and the weight. `sampledGradients`:
   * the gradient of the loss with targets sampled from the outputs of the model, scaled so that the mean of its square is the
   * diagonal of the Gauss-Newton matrix, and the weight; it takes a second forward and backward pass. `inputs`: the layer's input, `[rows, features]`, with a row per example, position and step. `outputs`: its output after the
   * activation, `[rows, units]`. `outputGradients`: the output, and the loss gradient by it.
   */
  readonly source: Source;
  /** Uses one batch in so many; every batch by default. */
  readonly every?: number;
  /** Adds a batch's tensors to the earlier sums times `decay`. Runs inside a tf.tidy. */
  readonly add: (before: Tensor[] | undefined, batch: Tensor[], decay: number) => Tensor[];
  /** The result after `count` rows, or gradients. Runs inside a tf.tidy. */
  readonly result: (sums: Tensor[], count: number) => Tensor;
  /** How it is taken. Statistics hold these functions, so that bundles without statistics do not include them. */
  readonly taken: Taking;
}

/** The two ways to take statistics. */
export interface Taking {
  /** Makes a collector for a callback. @param who The function that made the callback. */
  collector(who: string, needs: readonly Statistic[], options?: CollectOptions): Collector;
  /** Measures them on data. */
  measure(
    network: Network,
    data: Data,
    options: MeasureOptions & {needs: readonly Statistic[]},
  ): Promise<Statistics>;
}

/** Examples and their targets, each a tensor or a list of tensors. Only gradients need targets. */
export type Data = readonly [x: Tensor | Tensor[], y?: Tensor | Tensor[]];

/** Options for `measure`. */
export interface MeasureOptions extends CollectOptions {
  /** The statistics to measure: the `needs` of an importance. */
  needs: readonly Statistic[] | undefined;
  /** The number of batches to use, from the first; all by default. */
  batches?: number;
  /** Examples per batch; 32 by default. */
  batchSize?: number;
}

/** Collects statistics while models train, and resumes in another fit or process. */
export interface Collector {
  /** Whether there are statistics from an earlier fit to continue. */
  readonly hasSaved: boolean;
  /** Collects the statistics of some weights. @returns A function that ends it. */
  begin(network: Network, weights: readonly Weight[]): () => void;
  /** Continues the saved statistics, or drops them. @throws if another recipe saved them. */
  resume(isContinued: boolean): void;
  /** Starts a new window of statistics, unless they have a decay. @param isActive False to pause instead. */
  startWindow(isActive?: boolean): void;
  /** Counts a batch whose statistics must be saved before `toJson`. */
  countBatch(): void;
  /** The statistics so far. */
  results(): Promise<Statistics | undefined>;
  /** Reads the sums from the device, for another fit or process to continue. @param isNeeded False if none will. */
  save(isNeeded: boolean): Promise<void>;
  /** @throws if batches are not saved yet: reading them takes time, and `state` is synchronous. */
  toJson(): Sums<string>[];
  restore(sums: readonly Sums<string>[]): void;
}

/** Collects the statistics of a model's batches from now on. */
export interface Collection {
  /** False to pause. */
  active: boolean;
  /** Adds a batch's gradients, by variable name. */
  take(gradients: NamedTensorMap): void;
  /** Adds the sampled gradients of a batch with these inputs, if statistics need them. */
  sample(inputs: Tensor[]): void;
  /** The statistics since the last reset. */
  results(): Promise<Statistics>;
  reset(): void;
  /** The sums since the last reset, to continue in another collection. */
  sums(): Promise<Sums[]>;
  /** Continues with the sums of another collection. @throws if they are of other statistics. */
  load(who: string, sums: readonly Sums[]): void;
  /** Ends the collection, and disposes its sums. */
  stop(): void;
}

/** Where a statistic's values come from: see `Statistic.source`. */
export type Source = 'gradients' | 'sampledGradients' | 'inputs' | 'outputs' | 'outputGradients';

/**
 * Values by weight name and statistic name: for gradients in the weight's row-major order, for outputs one per unit, for
 * inputs one per feature.
 */
export type Statistics = ReadonlyMap<string, WeightStatistics>;

/** One weight's statistics, by statistic name. */
export type WeightStatistics = Readonly<Record<string, Float32Array>>;

/** The values of a weight's statistic. @throws in the name of `who` if there are none. */
export function statisticOf(
  {who, name, statistics}: Pick<Weight, 'name'> & {who: string; statistics: WeightStatistics},
  statistic: Statistic,
): Float32Array {
  const values = statistics[statistic.name];
  if (values === undefined) {
    throw new Error(`${who}: weight "${name}" has no ${statistic.name}; give data: [x, y]`);
  }
  return values;
}
