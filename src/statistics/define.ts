import {add, mul, type Tensor} from '@tensorflow/tfjs-core';
import {assertCount, assertOneOf, assertOptions, wrong} from '../util/options';
import {TrainingCollector} from './collector';
import {measureFor} from './measure';
import type {Source, Statistic, Taking} from './statistic';

const taken: Taking = {
  collector: (who, needs, options) => new TrainingCollector(who, needs, options),
  measure: measureFor,
};

/**
 * Makes a statistic for the `needs` of a custom importance.
 *
 * @returns the statistic, for `needs`.
 * @throws on unknown fields or wrong values.
 * @example statistic({
 *   name: 'meanInput', source: 'inputs',
 *   add: (before, [input]) => [before ? tf.add(before[0], tf.sum(input, 0)) : tf.sum(input, 0)],
 *   result: ([sums], count) => tf.div(sums, count),
 * })
 */
export function statistic(parts: Omit<Statistic, 'taken'>): Statistic {
  assertOptions('statistic', parts, ['name', 'source', 'every', 'add', 'result']);
  const {name, source, every = 1, add: adds, result} = parts;
  if (typeof name !== 'string') throw wrong('statistic', 'name', 'a string', name);
  assertOneOf('statistic', 'source', source, [
    'gradients',
    'sampledGradients',
    'inputs',
    'outputs',
    'outputGradients',
  ]);
  assertCount('statistic', 'every', every);
  for (const [field, value] of Object.entries({add: adds, result})) {
    if (typeof value !== 'function') throw wrong('statistic', field, 'a function', value);
  }
  return {...parts, taken};
}

/** The mean over all rows, or gradients. @param sum The sum over those of a batch. */
export function mean(name: string, source: Source, sum: (...batch: Tensor[]) => Tensor): Statistic {
  return total(name, source, sum, ([sums], count) => mul(sums, 1 / count));
}

/** The sum over all batches. @param sum The sum over one batch. */
export function total(
  name: string,
  source: Source,
  sum: (...batch: Tensor[]) => Tensor,
  result: Statistic['result'] = ([sums]) => mul(sums, 1),
): Statistic {
  return statistic({
    name,
    source,
    add: (before, batch, decay) => [before ? add(decayed(before[0], decay), sum(...batch)) : sum(...batch)],
    result,
  });
}

/** Sums times a decay, without a product for a decay of 1. */
export function decayed(sums: Tensor, decay: number): Tensor {
  return decay === 1 ? sums : mul(sums, decay);
}
