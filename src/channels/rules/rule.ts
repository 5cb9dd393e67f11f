import type {Axes, Places} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import type {Channels} from '../union';

/**
 * How channels pass through a kind of layer: what a call of it does to them, or the reason why it cannot be said, so
 * that all of them have to stay.
 */
export type PropagationRule = (context: CallContext) => Propagation;

/** A shape without the batch dimension; a dimension of unknown size is null. */
export type Shape = readonly (number | null)[];

/** A tensor between layers: which channel each place along one of its axes belongs to. */
export interface ChannelTensor {
  readonly shape: Shape;
  /** Which axis, from 0 without the batch dimension. */
  readonly axis: number;
  /** The channel of each place along the axis; one may have several, as after a flatten. */
  readonly ids: Int32Array;
  /** The value of each place along the axis if it is the same for all examples and positions, else NaN. */
  readonly values: Float64Array;
  /**
   * Set if all values are 0 instead at some positions, as after zero padding: a text that says which, the same for the
   * same positions.
   */
  readonly border?: string;
}

/** A call of a layer, as a rule sees it. */
export interface CallContext {
  readonly layer: Layer;
  readonly inputs: readonly ChannelTensor[];
  readonly outputs: readonly Shape[];
  readonly channels: Channels;
  /** The weights of a layer, or of one that it holds, as the table of kinds lays them out. */
  readonly weightsOf: (layer: Layer) => Readonly<Record<string, {axes: Axes; gates: number}>>;
  /** What a call of another layer does, as of one that this layer holds. */
  readonly propagate: (context: CallContext) => Propagation;
  /** An input with its channels along an axis; if they lie along another, they have to stay. */
  readonly inputAlong: (input: number, axis: number) => ChannelTensor;
  /** The same for a rule that handles a border: elsewhere, constants with one count as varying. */
  readonly borderedInput: (input: number, axis: number) => ChannelTensor;
  /** Whether this is the only call that the layer's node makes in one pass through the model. */
  readonly isOnlyCall: boolean;
}

/** What a call of a layer does to channels. */
export interface Propagation {
  readonly outputs: readonly ChannelAxis[];
  /** The axes of the layer's weights that run over channels. */
  readonly weightAxes: readonly WeightAxis[];
  /** Where each output is made of many channels. */
  readonly linearMaps: readonly LinearMap[];
  /**
   * The value of each place of the outputs, as far as the weights show it: NaN where it may differ between examples,
   * CONSTANT where the layer has to be asked for it.
   */
  readonly values: (read: Read) => Float64Array;
  /** The border of the values of the outputs. */
  readonly border?: string;
  /** Inputs that change nothing and can be left out. */
  readonly idle?: readonly number[];
  /** Inputs of which nothing is left are left out. */
  readonly skipsEmpty?: boolean;
  /** Why the call cannot be followed, so that all channels of its inputs and outputs have to stay. */
  readonly pinned?: string;
  /** What its configuration says of its size, by how many of some channels stay. */
  readonly config?: (count: (ids: Int32Array) => number) => object;
}

export type ChannelAxis = Pick<ChannelTensor, 'axis' | 'ids'>;

/** An axis of a variable that runs over channels. */
export interface WeightAxis {
  readonly owner: Layer;
  readonly field: string;
  readonly axis: number;
  readonly ids: Int32Array;
  /** Whether the layer puts these channels out, takes them in, or has an element for each that passes. */
  readonly role: 'produces' | 'consumes' | 'perChannel';
  /** Without it a channel is 0 after the layer only if it is 0 before. */
  readonly needsZero?: boolean;
}

/** A linear map from some channels to others. */
export interface LinearMap {
  readonly from: Int32Array;
  /** The values of `from`. */
  readonly values: (read: Read) => Float64Array;
  readonly to: Int32Array;
  readonly edges: (read: Read) => Edges;
  /** Where the sum of what constants add is the same at all positions: the bias to which it can be added. */
  readonly bias?: {readonly owner: Layer; readonly field: string; readonly missing?: object};
  /** Where it is not: how a few constant inputs can add what all of them do. */
  readonly carriers?: Carriers;
}

/** How a few constant inputs of a layer can stand for many. */
export interface Carriers {
  readonly owner: Layer;
  /** The number of constants that can add, position by position, what any number of them do. */
  readonly count: number;
  /**
   * The weights, by field, with which the constants at `places` alone add what all of them do.
   *
   * @param values The constants, NaN for inputs that are none.
   */
  readonly weights: (
    read: Read,
    values: Float64Array,
    places: readonly number[],
  ) => Readonly<Record<string, Float32Array>>;
}

/**
 * The coefficients of a mix, by place in `from` and in `to`: an element of a weight each. They are read from the weight, as a
 * list of them takes several times its memory.
 */
export interface Edges {
  readonly from: Places;
  readonly to: Places;
  readonly factors: Float32Array;
  /** Other than 0 for the elements that link; the factors by default. */
  readonly connects?: Float32Array;
}

/** Visits the links in the order of the elements. */
function forEachEdge(
  {from, to, factors, connects = factors}: Edges,
  visit: (from: number, to: number, factor: number) => void,
): void {
  let [f, fromLeft, t, toLeft] = [0, from.run, 0, to.run];
  for (let i = 0; i < connects.length; i++) {
    if (connects[i] !== 0) visit(from.table[f], to.table[t], factors[i]);
    if (--fromLeft === 0) {
      fromLeft = from.run;
      f = f + 1 === from.table.length ? 0 : f + 1;
    }
    if (--toLeft === 0) {
      toLeft = to.run;
      t = t + 1 === to.table.length ? 0 : t + 1;
    }
  }
}

/** The marks of all places of `from` that have a part in each place of `to`, or-ed. */
export function reached(edges: Edges, marked: Uint8Array, outputs: number): Uint8Array {
  const found = new Uint8Array(outputs);
  if (marked.every((mark) => mark === 0)) return found;
  forEachEdge(edges, (from, to) => {
    found[to] |= marked[from];
  });
  return found;
}

/** Marks the places of `from` that have a part in a marked place of `to`. */
export function needed({from, to, ...edges}: Edges, marked: Uint8Array, inputs: number): Uint8Array {
  return reached({...edges, from: to, to: from}, marked, inputs);
}

/** What the values of `from` add to each place of `to`. */
export function addedBy(edges: Edges, values: Float64Array, outputs: number): Float64Array {
  const sums = new Float64Array(outputs);
  if (values.every((value) => value === 0)) return sums;
  forEachEdge(edges, (from, to, factor) => {
    sums[to] += factor * values[from];
  });
  return sums;
}

/** The propagation of a call that cannot be followed. */
export function pinned(reason: string): Propagation {
  return {outputs: [], weightAxes: [], linearMaps: [], values: () => new Float64Array(), pinned: reason};
}

/** A tensor without a border, as constants that are 0 in some positions are not the same in all. */
export function withoutBorder({border, ...tensor}: ChannelTensor): ChannelTensor {
  return border === undefined
    ? tensor
    : {...tensor, values: tensor.values.map((value) => (value === 0 ? 0 : Number.NaN))};
}

/** The value of a place that is the same for all examples and may not be 0. */
export const CONSTANT = Number.POSITIVE_INFINITY;

/**
 * The value of a place that is computed from another, plus an offset.
 *
 * @param offset Anything but 0 if zeros do not remain zeros.
 */
export function shifted(value: number, offset: number): number {
  if (Number.isNaN(value)) return value;
  return value === 0 && offset === 0 ? 0 : CONSTANT;
}

/** The value of a place that is computed from some others. */
export function combined(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  return values.every((value) => value === 0) ? 0 : CONSTANT;
}
