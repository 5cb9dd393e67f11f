import type {Axes, Places} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import type {Channels} from '../union';

/** Says how channels pass through a call of a layer. Each kind of layer has one. */
export type PropagationRule = (context: CallContext) => Propagation;

/** A shape without the batch dimension; a dimension of unknown size is null. */
export type Shape = readonly (number | null)[];

/** A tensor between layers, with the channel of each place along one of its axes. */
export interface ChannelTensor {
  readonly shape: Shape;
  /** The index of the axis, without the batch dimension. */
  readonly axis: number;
  /** The channel of each place along the axis; after a flatten a channel has several places. */
  readonly ids: Int32Array;
  /** The value of each place along the axis if it is the same for all examples and positions, else NaN. */
  readonly values: Float64Array;
  /**
   * Set if the values are 0 at some positions, as after zero padding: a text that identifies these positions, equal for
   * equal ones.
   */
  readonly border?: string;
}

/** A call of a layer, as a propagation rule gets it. */
export interface CallContext {
  readonly layer: Layer;
  readonly inputs: readonly ChannelTensor[];
  readonly outputs: readonly Shape[];
  readonly channels: Channels;
  /** The layout of the prunable weights of this layer or of an inner one, by field. */
  readonly weightsOf: (layer: Layer) => Readonly<Record<string, {axes: Axes; gates: number}>>;
  /** Applies the rule of another layer, as of an inner one. */
  readonly propagate: (context: CallContext) => Propagation;
  /** An input with its channels along an axis. If they lie along another one, they are pinned. */
  readonly inputAlong: (input: number, axis: number) => ChannelTensor;
  /** The same for a rule that handles borders. For others, constants with a border count as varying. */
  readonly borderedInput: (input: number, axis: number) => ChannelTensor;
  /** Whether one pass through the model makes this call once: it may be in a nested model that is called again. */
  readonly isOnlyCall: boolean;
}

/** How channels pass through a call of a layer. */
export interface Propagation {
  readonly outputs: readonly ChannelAxis[];
  /** The axes of the layer's variables that run over channels. */
  readonly weightAxes: readonly WeightAxis[];
  /** The linear maps that compute output channels from many others. */
  readonly linearMaps: readonly LinearMap[];
  /**
   * The value of each place of the outputs, as far as the weights determine it: NaN where it may differ between
   * examples, CONSTANT where the layer has to be called to find it. A new array each time.
   */
  readonly values: (read: Read) => Float64Array;
  /** The border of the values of the outputs. */
  readonly border?: string;
  /** The places of inputs without effect, which can be removed. */
  readonly idle?: readonly number[];
  /** Whether inputs without remaining channels are removed. */
  readonly skipsEmpty?: boolean;
  /** Why the call cannot be followed, so that all channels of its inputs and outputs have to stay. */
  readonly pinned?: string;
  /** The entries of the layer's configuration that depend on how many of some channels remain. */
  readonly config?: (count: (ids: Int32Array) => number) => object;
}

/** The channels along an axis of a tensor. */
export type ChannelAxis = Pick<ChannelTensor, 'axis' | 'ids'>;

/** An axis of a variable that runs over channels. */
export interface WeightAxis {
  readonly owner: Layer;
  readonly field: string;
  readonly axis: number;
  readonly ids: Int32Array;
  /** Whether the layer outputs these channels, takes them as inputs, or has elements for each channel that passes. */
  readonly role: 'produces' | 'consumes' | 'perChannel';
  /** Whether masking it makes a channel 0 only if that is 0 before the layer. */
  readonly needsZero?: boolean;
}

/** A linear map from some channels to others. */
export interface LinearMap {
  readonly from: Int32Array;
  /** The values of `from`. */
  readonly values: (read: Read) => Float64Array;
  readonly to: Int32Array;
  readonly edges: (read: Read) => Edges;
  /** The bias that can replace constants; only where their sum is the same at all positions. */
  readonly bias?: {readonly owner: Layer; readonly field: string; readonly missing?: object};
  /** How a few constant inputs can replace all of them where no bias can. */
  readonly carriers?: Carriers;
}

/** How a few constant inputs of a layer, the carriers, can replace all of them. */
export interface Carriers {
  readonly owner: Layer;
  /** The number of carriers that can replace any number of constants at all positions. */
  readonly count: number;
  /**
   * The weights, by field, with which the constants at `places` alone add the sum of all.
   *
   * @param values The constants, NaN for other inputs.
   */
  readonly weights: (
    read: Read,
    values: Float64Array,
    places: readonly number[],
  ) => Readonly<Record<string, Float32Array>>;
}

/**
 * The nonzero coefficients of a linear map, by place in `from` and in `to`: an element of a weight each. They are read from
 * the weight, because a list of edges takes several times its memory.
 */
export interface Edges {
  readonly from: Places;
  readonly to: Places;
  readonly factors: Float32Array;
  /** Nonzero for the elements that are edges; the factors by default. */
  readonly connects?: Float32Array;
}

/** Visits the edges in the order of the elements. */
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

/** The mark of a place whose value varies; that of a constant is 1. */
export const VARIES = 2;

/** For each place of `to`, the marks of all places of `from` that it is computed from, combined by `or`. */
export function reached(edges: Edges, marked: Uint8Array, outputs: number): Uint8Array {
  const found = new Uint8Array(outputs);
  if (marked.every((mark) => mark === 0)) return found;
  forEachEdge(edges, (from, to) => {
    found[to] |= marked[from];
  });
  return found;
}

/** Marks the places of `from` that a marked place of `to` is computed from. */
export function needed({from, to, ...edges}: Edges, marked: Uint8Array, inputs: number): Uint8Array {
  return reached({...edges, from: to, to: from}, marked, inputs);
}

/** The sum that the values of `from` add to each place of `to`. */
export function addedBy(edges: Edges, values: Float64Array, outputs: number): Float64Array {
  const sums = new Float64Array(outputs);
  if (values.every((value) => value === 0)) return sums;
  forEachEdge(edges, (from, to, factor) => {
    sums[to] += factor * values[from];
  });
  return sums;
}

/** The propagation of a call that cannot be followed, so that no channel of its inputs and outputs can be removed. */
export function pinned(reason: string): Propagation {
  return {outputs: [], weightAxes: [], linearMaps: [], values: () => new Float64Array(), pinned: reason};
}

/** A tensor whose constants with a border count as varying, because they are not the same at all positions. */
export function withoutBorder({border, ...tensor}: ChannelTensor): ChannelTensor {
  return border === undefined
    ? tensor
    : {...tensor, values: tensor.values.map((value) => (value === 0 ? 0 : Number.NaN))};
}

/** The value of a place that is the same for all examples and may not be 0. */
export const CONSTANT = Number.POSITIVE_INFINITY;

/**
 * The value of a place that is a function of another, plus an offset.
 *
 * @param offset Other than 0 if the function does not map 0 to 0.
 */
export function shifted(value: number, offset: number): number {
  if (Number.isNaN(value)) return value;
  return value === 0 && offset === 0 ? 0 : CONSTANT;
}

/** The value of a place that is a function of several, which maps zeros to 0. */
export function combined(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  return values.every((value) => value === 0) ? 0 : CONSTANT;
}
