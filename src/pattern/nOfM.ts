import {numbered, otherAxes, placesOf, sizeAlong, sumOfPlaces} from '../model/axes';
import type {Weight} from '../model/weight';
import {describe} from '../util/describe';
import {assertCount, assertOptions} from '../util/options';
import type {Pattern} from './pattern';

export interface NOfMOptions {
  /** How many of each group stay. */
  keep: number;
  /** How many neighbors are a group. */
  of: number;
  /** Along what elements are neighbors: the inputs by default, the outputs, or an axis of the weight from 0. */
  axis?: 'input' | 'output' | number;
}

/**
 * Of each group of neighbors the best few stay, as sparse tensor cores want it, and of a shorter last group at most as
 * many; along the outputs of a recurrent layer its gates stand side by side. Any target above 0 gives it, and the
 * allocation has no say.
 *
 * formula: group of an element = ⌊its place along the axis / of⌋, among those at the same place along the others
 *
 * @throws if the numbers are not whole from 1, if more are to be kept than there are, or, when it is used, if the
 *   weight has no such axis.
 * @see Mishra et al.: Accelerating Sparse Deep Neural Networks, 2021.
 * @example nOfM({keep: 2, of: 4})
 */
export function nOfM(options: NOfMOptions): Pattern {
  assertOptions('nOfM', options, ['keep', 'of', 'axis']);
  const {keep, of, axis = 'input'} = options;
  for (const [name, count] of Object.entries({keep, of})) {
    assertCount('nOfM', name, count);
  }
  if (keep > of) {
    throw new Error(`nOfM: cannot keep ${keep} of ${of}`);
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
      structured: false,
      select: (weight: Weight, scores: Float32Array) => {
        const along = axesOf(weight);
        const {shape} = weight.value;
        const groups = Math.ceil(sizeAlong(shape, along) / of);
        const lines = otherAxes(shape, along);
        const groupOf = sumOfPlaces(
          shape,
          numbered(placesOf(shape, lines), (line) => line * groups),
          numbered(placesOf(shape, along), (place) => Math.floor(place / of)),
        );
        return bestOf(scores, groupOf, sizeAlong(shape, lines) * groups, keep);
      },
    },
  );
}

/** Marks the highest few scores of each group, of equal ones those of lower index. */
function bestOf(scores: Float32Array, groupOf: Int32Array, groups: number, keep: number): Uint8Array {
  const best = new Int32Array(groups * keep).fill(-1);
  for (let i = 0; i < scores.length; i++) {
    const first = groupOf[i] * keep;
    let candidate = i;
    // A short list sorted by insertion; what falls off its end goes.
    for (let place = first; place < first + keep && candidate >= 0; place++) {
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
