import {add, mul, type Tensor} from '@tensorflow/tfjs-core';
import type {Weight} from '../model/weight';

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
  readonly of: Source;
  /** It looks at one batch in so many; at each by default. */
  readonly every?: number;
  /** Adds what it is told to what it had before, times `decay`. It runs inside a tf.tidy. */
  readonly add: (before: Tensor[] | undefined, told: Tensor[], decay: number) => Tensor[];
  /** What is known after `count` rows, or gradients. It runs inside a tf.tidy. */
  readonly result: (sums: Tensor[], count: number) => Tensor;
}

export type Source = 'gradients' | 'inputs' | 'outputs' | 'outputGradients';

/**
 * By the name of a weight, by the name of a statistic: its values, in the row-major order of the weight for
 * gradients, one for each unit for outputs, one for each feature for inputs.
 */
export type Statistics = ReadonlyMap<string, WeightStatistics>;

export type WeightStatistics = Readonly<Record<string, Float32Array>>;

/** The mean over rows, or gradients, of something of which `sum` gives the sum over those of a batch. */
export function mean(name: string, of: Source, sum: (...told: Tensor[]) => Tensor): Statistic {
  return {...total(name, of, sum), result: ([sums], count) => mul(sums, 1 / count)};
}

/** The sum of something over all batches. */
export function total(name: string, of: Source, sum: (...told: Tensor[]) => Tensor): Statistic {
  return {
    name,
    of,
    add: (before, told, decay) => [before ? add(decayed(before[0], decay), sum(...told)) : sum(...told)],
    result: ([sums]) => mul(sums, 1),
  };
}

/** Spares the product where nothing is forgotten. */
export function decayed(sums: Tensor, decay: number): Tensor {
  return decay === 1 ? sums : mul(sums, decay);
}

/** A statistic of a weight. @throws unless it is there. */
export function statisticOf(
  {name, statistics}: Pick<Weight, 'name'> & {statistics: WeightStatistics},
  statistic: Statistic,
): Float32Array {
  const values = statistics[statistic.name];
  if (values === undefined) {
    throw new Error(
      `prune: there is no ${statistic.name} of weight "${name}"; give statistics: await measure(model, x, y, {needs})`,
    );
  }
  return values;
}
