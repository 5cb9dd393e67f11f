import type {Axes} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import type {Channels} from '../union';
import type {LinearMap} from './linearMap';

/**
 * Propagates channels through a call of a layer: ties, pins and adds channels in `context.channels`, and returns the
 * effects of the call on them. Each kind of layer has one rule.
 */
export type PropagationRule = (context: CallContext) => Propagation;

/** A shape without the batch dimension; a dimension of unknown size is null. */
export type Shape = readonly (number | null)[];

/** A tensor between layers, with the channel at each place along one axis. */
export interface ChannelTensor {
  /** Its shape. */
  readonly shape: Shape;
  /** The index of the axis, without the batch dimension. */
  readonly axis: number;
  /** The channel at each place along the axis; after a flatten a channel has several places. */
  readonly ids: Int32Array;
  /** The value at each place along the axis if it is the same for all examples and positions, else NaN. */
  readonly values: Float64Array;
  /**
   * Set if the values are 0 at some positions, as after zero padding: a text that identifies these positions, equal for
   * equal ones.
   */
  readonly border?: string;
}

/** A layer call, as a propagation rule gets it. */
export interface CallContext {
  /** The layer that is called. */
  readonly layer: Layer;
  /** Its inputs. */
  readonly inputs: readonly ChannelTensor[];
  /** The shapes of its outputs. */
  readonly outputs: readonly Shape[];
  /** All channels of the model, to tie, pin and add some. */
  readonly channels: Channels;
  /** The layout of the prunable weights in this layer or an inner one, by field. */
  readonly weightsOf: (layer: Layer) => Readonly<Record<string, {axes: Axes; gates: number}>>;
  /** Applies the rule of another layer, as of an inner one. */
  readonly propagate: (context: CallContext) => Propagation;
  /** Returns an input with its channels along an axis; pins them if they lie along another axis. */
  readonly alignInput: (input: number, axis: number) => ChannelTensor;
  /** The same for a rule that handles borders. For other rules, constants with a border count as varying. */
  readonly alignBorderedInput: (input: number, axis: number) => ChannelTensor;
  /** Whether one pass through the model makes this call once: it may be in a nested model that is called again. */
  readonly isOnlyCall: boolean;
}

/** How channels pass through a layer call. */
export interface Propagation {
  /** The channels of each output. */
  readonly outputs: readonly ChannelAxis[];
  /** The axes of the layer's variables that run over channels. */
  readonly weightAxes: readonly WeightAxis[];
  /** The linear maps that compute output channels from many others. */
  readonly linearMaps: readonly LinearMap[];
  /**
   * The value at each output place, as far as the weights determine it: NaN where it may differ between examples, CONSTANT
   * where the layer has to be called to find it. A new array each time.
   */
  readonly values: (read: Read) => Float64Array;
  /** The border of the output values. */
  readonly border?: string;
  /** The input places without effect, which can be removed. */
  readonly idle?: readonly number[];
  /** Whether inputs without remaining channels are removed. */
  readonly skipsEmpty?: boolean;
  /** Why the call cannot be followed, so that all its input and output channels remain. */
  readonly pinned?: string;
  /** The entries in the layer's configuration that depend on the number of remaining channels. */
  readonly config?: (count: (ids: Int32Array) => number) => object;
}

/** The channels along an axis of a tensor. */
export type ChannelAxis = Pick<ChannelTensor, 'axis' | 'ids'>;

/** An axis of a variable that runs over channels. */
export interface WeightAxis {
  /** The layer that has the variable. */
  readonly owner: Layer;
  /** The field of the layer that holds it. */
  readonly field: string;
  /** The index of the axis. */
  readonly axis: number;
  /** The channel at each place along the axis. */
  readonly ids: Int32Array;
  /** Whether the layer outputs these channels, takes them as inputs, or has elements for each channel that passes. */
  readonly role: 'produces' | 'consumes' | 'perChannel';
  /** Whether masking it makes a channel 0 only if that is 0 before the layer. */
  readonly needsZero?: boolean;
}

/** The propagation for a call that cannot be followed, so that none of its channels can be removed. */
export function pinned(reason: string): Propagation {
  return {outputs: [], weightAxes: [], linearMaps: [], values: () => new Float64Array(), pinned: reason};
}
