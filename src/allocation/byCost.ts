import {type Group, isPooled} from '../select/group';
import {partsOf} from '../select/parts';
import {assertNumber, assertOptions, isRecord, wrong} from '../util/options';
import type {Allocation} from './allocation';
import {compete} from './compete';
import {byLength, lamp, type Normalization, type NormalizationName} from './normalize';

/** The cost of a network where it runs, in any unit, such as seconds; omitted costs are 0. */
export interface CostModel {
  /** Per multiplication with a remaining element, for one example. */
  readonly macs?: number;
  /** Per byte in the remaining elements, at 4 bytes each. */
  readonly bytes?: number;
  /** Per remaining unit, such as reading a block's index. */
  readonly blockOverhead?: number;
}

const known = ['macs', 'bytes', 'blockOverhead'] as const;

/** The lowest cost counts as at least this share of the highest, so that scores still matter for free units. */
const LEAST_SHARE = 1e-6;

/**
 * Prunes as many units as `global()`, but the units compete by score per cost, so that pruning saves more. A channel's cost
 * includes the elements that produce it and those that consume it, as `compact` removes both.
 *
 * formula: keeps the n·(1 − sparsity) units with the highest s / cᵖ (s·cᵖ for s < 0), s the normalized score, and cost
 *   c = macs·(multiplications) + bytes·4·(elements) + blockOverhead
 * cost: one pass over the weights, a sort of each weight's scores, and a selection among all scores
 *
 * @param model The costs; only multiplications by default.
 * @param options.power The exponent p: 0 ignores costs, 1 counts them in full, which nearly empties the most-used layers; ½
 *   by default.
 * @param options.normalize As for `global()`; by default `lamp`, so that no weight is emptied, and `'l2'` if there are
 *   scores below 0.
 * @returns an allocation, for the option `allocation` of recipes.
 * @throws unless the costs are numbers from 0, one of them above 0, and the power is from 0 to 1.
 * @see Molchanov et al.: Pruning Convolutional Neural Networks for Resource Efficient Inference, 2017;
 *   Yang et al.: NetAdapt: Platform-Aware Neural Network Adaptation for Mobile Applications, 2018.
 * @example byCost({macs: 1, bytes: 0, blockOverhead: 0})
 */
export function byCost(
  model: CostModel = {macs: 1},
  options: {power?: number; normalize?: Normalization | NormalizationName} = {},
): Allocation {
  assertModel(model);
  assertOptions('byCost', options, ['power', 'normalize']);
  const {power = 0.5} = options;
  assertNumber('byCost', 'power', power, 'a number from 0 to 1', (x) => x >= 0 && x <= 1);
  return compete('byCost', options.normalize === undefined ? byShare : options.normalize, (groups) => {
    const costs = groups.map((group) => costsOf(group, model));
    const highest = costs.reduce((most, each) => each.reduce((max, cost) => Math.max(max, cost), most), 0);
    const shares = costs.map((each) =>
      each.map((cost) => Math.max(LEAST_SHARE, highest > 0 ? cost / highest : 1) ** power),
    );
    return (scores, _, i) => {
      const bids = new Float32Array(scores.length);
      for (let unit = 0; unit < bids.length; unit++) {
        const [score, share] = [scores[unit], shares[i][shares[i].length > 1 ? unit : 0]];
        bids[unit] = score >= 0 ? score / share : score * share;
      }
      return bids;
    };
  });
}

const byShare: Normalization = (scores) => (isNegative(scores) ? byLength : lamp)(scores);

function isNegative(scores: Float32Array): boolean {
  for (let unit = 0; unit < scores.length; unit++) {
    if (scores[unit] < 0) return true;
  }
  return false;
}

/** The cost per unit in a group; a single number if all are equal. */
function costsOf(group: Group, model: CostModel): Float64Array {
  // Relative to the largest, because sums must not overflow.
  const largest = Math.max(...known.map((name) => model[name] ?? 0));
  const [macs, bytes, blockOverhead] = known.map((name) => (model[name] ?? 0) / largest);
  const {members, scores, consumers} = group;
  // Single elements all have the same cost, and there may be very many.
  const isEqual = members.length === 1 && consumers === undefined && !isPooled(group);
  const all = isEqual ? [{weight: members[0].weight, elements: Float64Array.of(1)}] : partsOf(group);
  const costs = new Float64Array(isEqual ? 1 : scores.length).fill(blockOverhead);
  for (const {
    weight: {uses},
    elements,
  } of all) {
    const cost = uses * macs + Float32Array.BYTES_PER_ELEMENT * bytes;
    elements.forEach((count, unit) => {
      costs[unit] += count * cost;
    });
  }
  return costs;
}

function assertModel(model: CostModel): void {
  if (!isRecord(model)) {
    throw wrong('byCost', 'the costs', 'an object, as {macs: 1, bytes: 0, blockOverhead: 0}', model);
  }
  assertOptions('byCost', model, known);
  const costs = known.map((name) => {
    const {[name]: cost = 0} = model;
    assertNumber('byCost', name, cost, 'a number from 0', (x) => x >= 0 && x < Number.POSITIVE_INFINITY);
    return cost;
  });
  if (costs.every((cost) => cost === 0)) {
    throw new Error('byCost: all costs are 0; give one of macs, bytes and blockOverhead a number above 0');
  }
}
