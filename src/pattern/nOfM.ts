import {numbered, otherAxes, placesOf, sizeAlong, sumOfPlaces} from '../model/axes';
import type {Weight} from '../model/weight';
import {describe} from '../util/describe';
import {assertCount, assertOptions} from '../util/options';
import type {Pattern} from './pattern';

/** Options for `nOfM`. */
export interface NOfMOptions {
  /** The number of elements to keep per group. */
  n: number;
  /** A group's size. */
  m: number;
  /** The axis along which groups lie: `'input'` (default), `'output'`, or an axis of the weight from 0. */
  axis?: 'input' | 'output' | number;
}

/**
 * Keeps the `n` elements with the highest scores of every `m` consecutive elements along an axis (N:M sparsity), as sparse
 * tensor cores require. A shorter last group keeps at most `n`. A recurrent layer's outputs are ordered gate by gate.
 * Any target above 0 has the same result, and the allocation has no effect.
 *
 * formula: group of an element = ⌊index along the axis / m⌋, among elements with the same indices along the other axes
 *
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws if n and m are not whole numbers with 1 ≤ n ≤ m; when used, if the weight has no such axis.
 * @see Mishra et al.: Accelerating Sparse Deep Neural Networks, 2021.
 * @example nOfM({n: 2, m: 4})
 */
export function nOfM(options: NOfMOptions): Pattern {
  assertOptions('nOfM', options, ['n', 'm', 'axis']);
  const {n, m, axis = 'input'} = options;
  for (const [name, count] of Object.entries({n, m})) {
    assertCount('nOfM', name, count);
  }
  if (n > m) {
    throw new Error(`nOfM: n must be at most m, got n ${n} and m ${m}`);
  }
  if (axis !== 'input' && axis !== 'output' && !(Number.isInteger(axis) && axis >= 0)) {
    throw new Error(`nOfM: axis must be 'input', 'output' or a whole number from 0, got ${describe(axis)}`);
  }
  const axesOf = ({name, axes, value: {shape}}: Weight) => {
    const along = typeof axis === 'number' ? axis : axes[axis];
    if (typeof along === 'number' && along >= shape.length) {
      throw new Error(`nOfM: weight "${name}" of shape [${shape}] has no axis ${along}`);
    }
    return along;
  };
  return Object.assign(
    (weight: Weight) => {
      axesOf(weight);
      return {units: weight.value.size};
    },
    {
      select: (weight: Weight, scores: Float32Array) => {
        const along = axesOf(weight);
        const {shape} = weight.value;
        const groups = Math.ceil(sizeAlong(shape, along) / m);
        const lines = otherAxes(shape, along);
        const groupOf = sumOfPlaces(
          shape,
          numbered(placesOf(shape, lines), (line) => line * groups),
          numbered(placesOf(shape, along), (place) => Math.floor(place / m)),
        );
        return bestOf(scores, groupOf, sizeAlong(shape, lines) * groups, n);
      },
    },
  );
}

/** Marks the `n` highest scores per group; on ties, the lower index. */
function bestOf(scores: Float32Array, groupOf: Int32Array, groups: number, n: number): Uint8Array {
  const best = new Int32Array(groups * n).fill(-1);
  for (let i = 0; i < scores.length; i++) {
    const first = groupOf[i] * n;
    let candidate = i;
    // A short list sorted by insertion; elements that fall off its end are pruned.
    for (let place = first; place < first + n && candidate >= 0; place++) {
      const other = best[place];
      if (other < 0 || scores[candidate] > scores[other]) {
        best[place] = candidate;
        candidate = other;
      }
    }
  }
  const kept = new Uint8Array(scores.length);
  for (let place = 0; place < best.length; place++) {
    if (best[place] >= 0) {
      kept[best[place]] = 1;
    }
  }
  return kept;
}
