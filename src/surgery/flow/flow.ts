import type {Axes} from '../../axes';
import type {Layer} from '../../tfjs';
import type {Channels} from './channels';

/**
 * How channels pass through a kind of layer: what a call of it does to them, or the reason why it cannot be said, so
 * that all of them have to stay.
 */
export type Flow = (at: At) => Passage | string;

/** A shape without the batch dimension; a dimension of unknown size is null. */
export type Shape = readonly (number | null)[];

/** A tensor between layers: which channel each place along one of its axes belongs to. */
export interface Stream {
  readonly shape: Shape;
  /** Which axis, from 0 without the batch dimension. */
  readonly axis: number;
  /** The channel of each place along the axis; one may have several, as after a flatten. */
  readonly ids: Int32Array;
  /** The value of each place along the axis where it is the same for all examples and positions, else NaN. */
  readonly values: Float64Array;
}

/** A call of a layer, as a flow sees it. */
export interface At {
  readonly layer: Layer;
  readonly inputs: readonly Stream[];
  readonly outputs: readonly Shape[];
  readonly channels: Channels;
  /** The weights of a layer, or of one that it holds, as the table of kinds lays them out. */
  readonly weightsOf: (layer: Layer) => Readonly<Record<string, {axes: Axes; gates: number}>>;
  /** What a call of another layer does, as of one that this layer holds. */
  readonly pass: (at: At) => Passage | string;
  /** An input with its channels along an axis; if they lie along another, they have to stay. */
  readonly along: (input: number, axis: number) => Stream;
  /** Whether this is the only call that the layer's node makes in one pass through the model. */
  readonly once: boolean;
}

/** The elements of a variable, 0 where masked, or undefined where the layer has none. */
export type Read = (owner: Layer, field: string) => Float32Array | undefined;

/** What a call of a layer does to channels. */
export interface Passage {
  readonly outputs: readonly Lane[];
  /** The axes of the layer's weights that run over channels. */
  readonly slices: readonly Slice[];
  /** Where each output is made of many channels. */
  readonly mixes: readonly Mix[];
  /** Marks the places of the outputs that differ between examples, or may. */
  readonly varies: (read: Read) => Uint8Array;
  /** What does not vary is 0; otherwise the layer is asked for the value. */
  readonly isZero?: boolean;
  /** Inputs that change nothing and can be left out. */
  readonly idle?: readonly number[];
  /** Inputs of which nothing is left are left out. */
  readonly skipsEmpty?: boolean;
  /** What its configuration says of its size, by how many of some channels stay. */
  readonly config?: (count: (ids: Int32Array) => number) => object;
}

export type Lane = Pick<Stream, 'axis' | 'ids'>;

/** An axis of a variable that runs over channels. */
export interface Slice {
  readonly owner: Layer;
  readonly field: string;
  readonly axis: number;
  readonly ids: Int32Array;
  /** Whether the layer puts these channels out, takes them in, or has an element for each that passes. */
  readonly role: 'makes' | 'takes' | 'carries';
}

/** A linear map from some channels to others. */
export interface Mix {
  readonly from: Int32Array;
  /** The values of `from`. */
  readonly values: Float64Array;
  readonly to: Int32Array;
  readonly links: (read: Read) => Links;
  /** Where the sum of what constants add is the same at all positions: the bias to which it can be added. */
  readonly bias?: {readonly owner: Layer; readonly field: string; readonly missing?: object};
}

/** The nonzero coefficients of a mix, by place in `from` and in `to`. */
export interface Links {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly factor: Float64Array;
}

/** Marks the places of `to` that a marked place of `from` has a part in. */
export function reached({from, to}: Links, marked: Uint8Array, outputs: number): Uint8Array {
  const found = new Uint8Array(outputs);
  for (let i = 0; i < from.length; i++) {
    found[to[i]] |= marked[from[i]];
  }
  return found;
}

/** Marks the places of `from` that have a part in a marked place of `to`. */
export function needed({from, to}: Links, marked: Uint8Array, inputs: number): Uint8Array {
  return reached({from: to, to: from, factor: new Float64Array()}, marked, inputs);
}

/** What the values of `from` add to each place of `to`. */
export function addedBy({from, to, factor}: Links, values: Float64Array, outputs: number): Float64Array {
  const sums = new Float64Array(outputs);
  for (let i = 0; i < from.length; i++) {
    sums[to[i]] += factor[i] * values[from[i]];
  }
  return sums;
}

/** Marks the places whose value is not known to be constant. */
export function varying({values}: Stream): Uint8Array {
  return Uint8Array.from(values, (value) => +Number.isNaN(value));
}
