import {
  add,
  cast,
  clipByValue,
  dispose,
  div,
  gather,
  getBackend,
  getKernel,
  greater,
  mul,
  pad,
  reshape,
  round,
  scalar,
  scatterND,
  searchSorted,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Codebook, Grid, Steps} from './grid';

/** Below this share of remaining elements the others are not computed. */
const SPARSE = 0.5;

/** The remaining elements of a weight, on the device, in two forms. */
export class Places {
  /** Their positions on the host; undefined if all elements are computed. */
  readonly positions: Uint32Array<ArrayBuffer> | undefined;
  readonly #indices: Tensor1D | undefined;
  readonly #rows: Tensor | undefined;
  /** 1 for each element that remains, if zeros are computed too. */
  readonly #mask: Tensor | undefined;

  constructor(
    bits: Uint8Array,
    readonly shape: readonly number[],
  ) {
    const positions = positionsOf(bits);
    if (positions.length <= SPARSE * bits.length) {
      this.positions = positions;
      const indices = Int32Array.from(positions);
      this.#indices = tensor1d(indices, 'int32');
      this.#rows = tensor2d(indices, [indices.length, 1], 'int32');
    } else if (positions.length < bits.length) {
      this.#mask = tensor1d(Float32Array.from(bits));
    }
  }

  /** Whether no element remains. */
  get #isEmpty(): boolean {
    return this.positions?.length === 0;
  }

  /** The values of the remaining elements, or of all. */
  pick(weight: Tensor): Tensor1D {
    if (this.#isEmpty) return tensor1d([], 'float32');
    const flat = reshape(weight, [weight.size]) as Tensor1D;
    return this.#indices === undefined ? flat : gather(flat, this.#indices);
  }

  /** A weight of these values, and zeros. */
  put(values: Tensor1D): Tensor {
    const shape = [...this.shape];
    const size = shape.reduce((product, length) => product * length, 1);
    if (this.#isEmpty) return zeros(shape);
    if (this.#rows !== undefined) return reshape(scatterND(this.#rows, values, [size]), shape);
    return reshape(this.#mask === undefined ? values : mul(values, this.#mask), shape);
  }

  dispose(): void {
    dispose([this.#indices, this.#rows, this.#mask].filter((tensor) => tensor !== undefined));
  }
}

function positionsOf(bits: Uint8Array): Uint32Array<ArrayBuffer> {
  const positions = new Uint32Array(bits.length + 1);
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    positions[count] = i;
    count += bits[i];
  }
  return positions.slice(0, count);
}

/** Rounds values to a grid on the device. */
export interface Rounding {
  round(values: Tensor1D): Tensor1D;
  dispose(): void;
}

/** @param count The number of values, at the given positions. */
export function roundingFor(grid: Grid, count: number, positions: Uint32Array | undefined): Rounding {
  return 'entries' in grid ? toCodebook(grid) : toSteps(grid, count, positions);
}

function toCodebook(book: Codebook): Rounding {
  // A border needs two entries.
  const entries = book.entries.length > 1 ? book.entries : new Float32Array(2).fill(book.entries[0] ?? 0);
  const borders = Float32Array.from(
    {length: entries.length - 1},
    (_, i) => (entries[i] + entries[i + 1]) / 2,
  );
  const own = [tensor1d(borders), tensor1d(entries)];
  return {
    round: (values) => (values.size === 0 ? values : tidy(() => gather(own[1], countBelow(own[0], values)))),
    dispose: () => dispose(own),
  };
}

function toSteps({most, scales}: Steps, count: number, positions: Uint32Array | undefined): Rounding {
  const each = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    each[i] = scales[(positions === undefined ? i : positions[i]) % scales.length];
  }
  const own = tensor1d(each);
  return {
    // Adding 0 turns −0 into 0.
    round: (values) =>
      values.size === 0
        ? values
        : tidy(() => mul(add(clipByValue(round(div(values, own)), -most, most), 0), own)),
    dispose: () => own.dispose(),
  };
}

/** How many of the ascending borders are below each value. */
export function countBelow(borders: Tensor1D, values: Tensor1D): Tensor1D {
  return getKernel('SearchSorted', getBackend()) === undefined
    ? bisect(borders, values)
    : // Of rank 2, unlike its arguments.
      (reshape(searchSorted(borders, values), [values.size]) as Tensor1D);
}

/** The same by operations that every backend has; tfjs-node lacks the kernel. */
export function bisect(borders: Tensor1D, values: Tensor1D): Tensor1D {
  return tidy(() => {
    const size = 2 ** Math.ceil(Math.log2(borders.size + 1));
    const padded = pad(borders, [[0, size - 1 - borders.size]], Number.POSITIVE_INFINITY);
    let at = zeros([values.size], 'int32') as Tensor1D;
    for (let step = size / 2; step >= 1; step /= 2) {
      const border = gather(padded, add(at, scalar(step - 1, 'int32')));
      const isAbove = cast(greater(values, border), 'int32');
      at = add(at, mul(isAbove, scalar(step, 'int32')));
    }
    return at;
  });
}
