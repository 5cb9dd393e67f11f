import {otherAxes} from '../model/axes';
import type {Weight} from '../model/weight';
import {countAbove, keptUnits} from '../select/select';
import {assertFlag, assertOptions} from '../util/options';
import type {Allocation} from './allocation';
import {shareOut} from './shares';

/**
 * Large weights become sparser than small ones, by their shapes alone: the density is that of a random graph with the same
 * number of edges per node in each. A weight whose density would exceed 1 is not pruned, and the others make up for it, so
 * that the total reaches the sparsity.
 *
 * formula: density ∝ (in + out) / (in·out), with `kernel` (in + out + height + width) / (in·out·height·width)
 *
 * @param options.kernel Whether the dimensions of a convolution's kernel count; true by default.
 * @returns an allocation, for the option `allocation` of recipes.
 * @throws on unknown options, or unless `kernel` is true or false.
 * @see Mocanu et al.: Scalable Training of Artificial Neural Networks with Adaptive Sparse Connectivity, 2018;
 *   Evci et al.: Rigging the Lottery: Making All Tickets Winners, 2020, for `kernel`.
 */
export function erdosRenyi(options: {kernel?: boolean} = {}): Allocation {
  assertOptions('erdosRenyi', options, ['kernel']);
  const {kernel = true} = options;
  assertFlag('erdosRenyi', 'kernel', kernel);
  const density = ({value: {shape}, axes}: Weight) => {
    const channels = [axes.input, axes.output].flat();
    const counted = kernel ? [...shape.keys()] : otherAxes(shape, otherAxes(shape, channels));
    const sizes = counted.map((axis) => shape[axis]);
    return sizes.reduce((sum, size) => sum + size, 0) / sizes.reduce((product, size) => product * size, 1);
  };
  return (groups, sparsity) => {
    const units = groups.map(({scores}) => scores.length);
    return shareOut(
      keptUnits(
        units.reduce((sum, count) => sum + count, 0),
        sparsity,
      ),
      groups.map(({members: [{weight}]}, i) => density(weight) * units[i]),
      units.map(() => 1),
      groups.map(({scores}) => Math.max(1, countAbove(scores, Number.NEGATIVE_INFINITY))),
    );
  };
}
