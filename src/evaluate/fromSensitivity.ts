import type {WeightSparsity} from '../allocation/perWeight';
import {assertNumber, assertOptions, wrong} from '../util/options';
import type {Sensitivity} from './sensitivity';

/** The highest sparsity that a weight gets. */
const HIGHEST = 0.99;

/**
 * Sparsities by weight for `perWeight`, from a sensitivity analysis: weights that tolerate more pruning within `maxDrop` get
 * higher sparsities, sensitive ones lower. All elements together reach the requested sparsity, as long as no weight would
 * exceed 0.99.
 *
 * formula: sparsityᵢ = asked · tᵢ / mean t, tᵢ the highest sparsity tried at which the weight cost at most maxDrop
 *
 * @param found The result of `sensitivity`; without `mode`, larger figures are better.
 * @param options.maxDrop How much worse a figure may be, in the metric's units; 0.01 by default.
 * @returns a function of the requested sparsity for each weight, by its name.
 * @throws unless the first argument is a result of `sensitivity`, and `maxDrop` a number from 0.
 * @example
 * const found = await sensitivity(model, x, y);
 * await prune(model, 0.8, {allocation: perWeight(fromSensitivity(found, {maxDrop: 0.02}))});
 */
export function fromSensitivity(
  found: Pick<Sensitivity, 'baseline' | 'sparsities' | 'weights'> & Partial<Pick<Sensitivity, 'mode'>>,
  options: {maxDrop?: number} = {},
): Record<string, WeightSparsity> {
  if (!Array.isArray(found?.sparsities) || !Array.isArray(found.weights)) {
    throw wrong('fromSensitivity', 'the first argument', 'the result of sensitivity()', found);
  }
  assertOptions('fromSensitivity', options, ['maxDrop']);
  const {baseline, sparsities, weights, mode} = found;
  const {maxDrop = 0.01} = options;
  assertNumber('fromSensitivity', 'maxDrop', maxDrop, 'a number from 0', (x) => x >= 0);
  const drop = (figure: number) => (mode === 'min' ? figure - baseline : baseline - figure);
  // A weight that tolerates no tried sparsity gets half the lowest.
  const least = Math.min(...sparsities) / 2;
  const tolerated = weights.map(({figures}) =>
    Math.max(least, ...sparsities.filter((_, i) => drop(figures[i]) <= maxDrop)),
  );
  const total = weights.reduce((sum, {size}) => sum + size, 0);
  const mean = weights.reduce((sum, {size}, i) => sum + (size * tolerated[i]) / total, 0);
  return Object.fromEntries(
    weights.map(({name}, i) => [name, (asked: number) => Math.min(HIGHEST, (asked * tolerated[i]) / mean)]),
  );
}
