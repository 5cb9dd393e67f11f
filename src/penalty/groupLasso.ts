import {
  concat,
  customGrad,
  divNoNan,
  gather,
  mul,
  relu,
  reshape,
  type Scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor1d,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Weight} from '../model/weight';
import {numberingOf, type Pattern} from '../pattern/pattern';
import {assertPart} from '../util/factory';

/** The elements of units as index tables, by which tensors are gathered. */
interface Groups {
  readonly unitOf: Int32Array;
  /** A row of element indices per unit, padded with the index past the last element. */
  readonly members: Int32Array;
  /** √size of each unit. */
  readonly roots: Float32Array;
}

/**
 * Penalizes the L2 norm of each unit, so that its elements shrink to 0 together. The shrinkage per element does not depend
 * on the unit's size. The proximal step makes units exactly 0.
 *
 * formula: Σ √|g|·‖w_g‖₂ over the pattern's units g, of |g| elements each
 * cost: one forward and backward pass over the weight per batch, gathered by units
 *
 * @param pattern Defines the units, such as `channel()`.
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws if it is not a pattern; when used, if it does not fit a weight.
 * @see Yuan, Lin: Model Selection and Estimation in Regression with Grouped Variables, 2006;
 *   Wen et al.: Learning Structured Sparsity in Deep Neural Networks, 2016.
 * @example groupLasso(channel())
 */
export function groupLasso(pattern: Pattern) {
  assertPart('groupLasso', 'pattern', pattern);
  const known = new WeakMap<object, Groups>();
  const groupsOf = (weight: Weight) => {
    const groups = known.get(weight.value) ?? tabulate(pattern, weight);
    known.set(weight.value, groups);
    return groups;
  };
  /** ‖w_g‖₂ of each unit. */
  const normsOf = (value: Tensor, {members, roots}: Groups) => {
    const squares = concat([reshape(square(value), [-1]), zeros([1])]);
    const table = tensor2d(members, [roots.length, members.length / roots.length], 'int32');
    return sqrt(sum(gather(squares, table), 1));
  };
  /** A weight's elements times the factors of their units. */
  const scale = (value: Tensor, factors: Tensor, {unitOf}: Groups) =>
    mul(value, reshape(gather(factors, tensor1d(unitOf, 'int32')), value.shape));

  return Object.assign(
    (given: Tensor, weight: Weight) => {
      const groups = groupsOf(weight);
      return customGrad((masked, save) => {
        const value = masked as Tensor;
        const norms = normsOf(value, groups);
        (save as (tensors: Tensor[]) => void)([value, norms]);
        return {
          value: sum(mul(norms, tensor1d(groups.roots))) as Scalar,
          // A unit of zeros has no direction, and so no gradient.
          gradFunc: (dy: Tensor, [saved, savedNorms]: Tensor[]) =>
            mul(dy, scale(saved, divNoNan(tensor1d(groups.roots), savedNorms), groups)),
        };
      })(given) as Scalar;
    },
    {
      proximal: (value: Tensor, step: number, weight: Weight) => {
        const groups = groupsOf(weight);
        const shrinkage = mul(step, tensor1d(groups.roots));
        const norms = normsOf(value, groups);
        return scale(value, divNoNan(relu(sub(norms, shrinkage)), norms), groups);
      },
    },
  );
}

function tabulate(pattern: Pattern, weight: Weight): Groups {
  const {units, unitOf = Int32Array.from({length: units}, (_, i) => i)} = numberingOf(
    'groupLasso',
    pattern,
    weight,
  );
  const sizes = new Int32Array(units);
  for (let i = 0; i < unitOf.length; i++) {
    sizes[unitOf[i]]++;
  }
  const most = sizes.reduce((highest, size) => Math.max(highest, size), 0);
  const members = new Int32Array(units * most).fill(unitOf.length);
  const next = new Int32Array(units);
  for (let i = 0; i < unitOf.length; i++) {
    const unit = unitOf[i];
    members[unit * most + next[unit]++] = i;
  }
  return {unitOf, members, roots: Float32Array.from(sizes, Math.sqrt)};
}
