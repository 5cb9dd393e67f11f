import {
  add,
  cast,
  clipByValue,
  dispose,
  div,
  engine,
  gather,
  getBackend,
  getKernel,
  greater,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  reshape,
  round,
  scalar,
  scatterND,
  searchSorted,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import {masked} from '../../src/model/masked';
import type {Codebook, Grid, Steps} from './grid';

/** Below this share of remaining elements the others are not computed. */
const SPARSE = 0.5;

/** The remaining elements of a weight, on the device, in two forms. */
export class Places {
  /** Their positions on the host; undefined if all elements are computed. */
  readonly positions: Uint32Array<ArrayBuffer> | undefined;
  readonly #indices: Tensor1D | undefined;
  readonly #rows: Tensor | undefined;
  /** The mask, if zeros are computed too. */
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
      this.#mask = tensor(bits, [...shape], 'bool');
    }
  }

  /** Whether no element remains. */
  get isEmpty(): boolean {
    return this.positions?.length === 0;
  }

  /** The tensors by which a kernel finds the remaining elements; none if all remain. */
  get tensors(): NamedTensorMap {
    if (this.#indices !== undefined) return {positions: this.#indices};
    return this.#mask === undefined ? {} : {mask: this.#mask};
  }

  /** The values of the remaining elements, or of all. */
  pick(weight: Tensor): Tensor1D {
    if (this.isEmpty) return tensor1d([], 'float32');
    const flat = reshape(weight, [weight.size]) as Tensor1D;
    return this.#indices === undefined ? flat : gather(flat, this.#indices);
  }

  /** A weight of these values, and zeros. */
  put(values: Tensor1D): Tensor {
    const shape = [...this.shape];
    const size = shape.reduce((product, length) => product * length, 1);
    if (this.isEmpty) return zeros(shape);
    if (this.#rows !== undefined) return reshape(scatterND(this.#rows, values, [size]), shape);
    const weight = reshape(values, shape);
    return this.#mask === undefined ? weight : masked(weight, this.#mask);
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

/** Rounds weights to a grid on the device. */
export interface Rounding {
  /** The weight with its remaining elements rounded, and zeros. For use in a tidy. */
  round(weight: Tensor, places: Places): Tensor;
  dispose(): void;
}

/** @param count The number of values, at the given positions. */
export function roundingFor(grid: Grid, count: number, positions: Uint32Array | undefined): Rounding {
  return 'entries' in grid ? toCodebook(grid) : toSteps(grid, count, positions);
}

function toCodebook({entries: given}: Codebook): Rounding {
  // The next power of 2, at least 2, so that values are found by halving.
  const length = 2 ** Math.max(1, Math.ceil(Math.log2(given.length)));
  const [entries, borders] = [new Float32Array(length), new Float32Array(length - 1)];
  // Adding 0 turns −0 into 0, as scatterND does on some backends.
  for (let i = 0; i < length; i++) entries[i] = (given[Math.min(i, given.length - 1)] ?? 0) + 0;
  for (let i = 0; i < length - 1; i++) {
    borders[i] = i + 1 < given.length ? (entries[i] + entries[i + 1]) / 2 : Number.POSITIVE_INFINITY;
  }
  const own = {borders: tensor1d(borders), entries: tensor1d(entries)};
  return rounding('RoundToCodebook', own, {}, (values) =>
    gather(own.entries, countBelow(own.borders, values)),
  );
}

function toSteps({most, scales}: Steps, count: number, positions: Uint32Array | undefined): Rounding {
  const each = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    each[i] = scales[(positions === undefined ? i : positions[i]) % scales.length];
  }
  const own = {scales: tensor1d(each)};
  return rounding('RoundToSteps', own, {most}, (values) => {
    // Adding 0 turns −0 into 0.
    return mul(add(clipByValue(round(div(values, own.scales)), -most, most), 0), own.scales);
  });
}

/**
 * Rounds in one pass if the backend has a kernel for it, which `enableTraining` of tfjs-pruning/wasm adds.
 *
 * @param own The tensors of the grid. @param stock The same for the remaining elements, by operations that every backend has.
 */
function rounding(
  kernel: string,
  own: NamedTensorMap,
  attrs: NamedAttrMap,
  stock: (values: Tensor1D) => Tensor1D,
): Rounding {
  return {
    round: (weight, places) => {
      if (places.isEmpty) return zeros(weight.shape);
      if (getKernel(kernel, getBackend()) === undefined) return places.put(stock(places.pick(weight)));
      return engine().runKernel(kernel, {x: weight, ...places.tensors, ...own}, attrs) as Tensor;
    },
    dispose: () => dispose(own),
  };
}

/** How many of the ascending borders are below each value. */
export function countBelow(borders: Tensor1D, values: Tensor1D): Tensor1D {
  return getKernel('SearchSorted', getBackend()) === undefined
    ? bisect(borders, values)
    : // Of rank 2, unlike its arguments.
      (reshape(searchSorted(borders, values), [values.size]) as Tensor1D);
}

/** The same of 2^k − 1 borders by operations that every backend has; tfjs-node lacks the kernel. */
export function bisect(borders: Tensor1D, values: Tensor1D): Tensor1D {
  return tidy(() => {
    let at = zeros([values.size], 'int32') as Tensor1D;
    for (let step = (borders.size + 1) / 2; step >= 1; step /= 2) {
      const border = gather(borders, add(at, scalar(step - 1, 'int32')));
      const isAbove = cast(greater(values, border), 'int32');
      at = add(at, mul(isAbove, scalar(step, 'int32')));
    }
    return at;
  });
}
