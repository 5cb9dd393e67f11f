import {type Group, isPooled} from '../select/group';
import {partsOf} from '../select/parts';
import {assertNumber, assertOptions, isRecord, wrong} from '../util/options';
import type {Allocation} from './allocation';
import {compete} from './compete';
import {byLength, lamp, type Normalization, type NormalizationName} from './normalize';

/** What a network takes where it runs, in any unit, as seconds; what is left out is 0. */
export interface CostModel {
  /** Of each multiplication for an example by an element that is left. */
  readonly macs?: number;
  /** Of each byte of an element that is left, 4 of them an element. */
  readonly bytes?: number;
  /** Of each unit that is left, as reading where a block is. */
  readonly blockOverhead?: number;
}

const known = ['macs', 'bytes', 'blockOverhead'] as const;

/** What costs nothing counts as this share of what costs most, so that its scores still tell. */
const LEAST_SHARE = 1e-6;

/**
 * The weights compete as with `global()`, but by what a unit is worth for what it costs, so that just as many units go,
 * where that saves most. A channel costs what it takes to make it and what the layers that take it in need for it, all
 * that `compact` removes with it.
 *
 * formula: keeps the n·(1 − sparsity) units with the highest s / cᵖ (s·cᵖ for s < 0), s the normalized score, and cost
 *   c = macs·(multiplications) + bytes·4·(elements) + blockOverhead
 * cost: one pass over the weights, a sort of each weight's scores, and a selection among all scores
 *
 * @param model The costs; those of multiplications alone by default.
 * @param options.power How much they count, p: 0 not at all, 1 in full, which all but empties what is used most often; ½
 *   by default.
 * @param options.normalize As of `global()`; by default `lamp`, so that no weight loses all that it has, and `'l2'` for
 *   scores below 0.
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

/** The cost of each unit of a group; a single number where all have the same. */
function costsOf(group: Group, model: CostModel): Float64Array {
  // As shares of the largest, since their sums must not overflow.
  const largest = Math.max(...known.map((name) => model[name] ?? 0));
  const [macs, bytes, blockOverhead] = known.map((name) => (model[name] ?? 0) / largest);
  const {members, scores, consumers} = group;
  // Single elements all cost the same, and may be very many.
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
