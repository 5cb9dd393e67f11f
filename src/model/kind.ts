import type {Axes} from './axes';
import {isOfItsName} from './classes';
import type {Layer} from './tfjs';

/** How the weights in a kind of layer are laid out, and how the layer is called. */
export interface Kind {
  /** The prunable weights, by the layer's fields. */
  readonly weights: Readonly<Record<string, Layout>>;
  /**
   * The fields with an element for each output channel, which are masked where the channel is. Of a list, the first
   * that the layer has.
   */
  readonly perChannel?: readonly (string | readonly string[])[];
  /** How its inner layers are called when it is called; in the same way by default. */
  readonly calls?: (call: Call) => Call;
}

/** How a weight's elements are laid out and used. */
export interface Layout {
  /** The axes over the outputs and the inputs of the layer. */
  readonly axes: Axes;
  /** How many slices of the output axis make one unit: 4 for an LSTM, whose gates are adjacent. */
  readonly gates: number;
  /** How many multiplications an element takes part in when the layer is called for one example. */
  readonly uses: (call: Call, shape: readonly number[]) => number;
  /** Its output feeds another weight of the same layer and is not the layer's output. */
  readonly hidden?: true;
}

/** The shapes of a layer's input and output, without the batch dimension; a dimension of unknown size is 1. */
export interface Call {
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** The number of such calls; 1 by default. */
  readonly times?: number;
}

/** The name of a layer's plain tfjs class, with or without masks; undefined for other classes. */
export function plainNameOf(layer: Layer): string | undefined {
  const own = layer.constructor as {plainName?: string; className?: string};
  return isOfItsName(layer) ? (own.plainName ?? own.className) : undefined;
}

/**
 * The kind that the class of a layer was declared with; undefined if it was not. A subclass that is not declared itself
 * inherits the layout of the weights, but may compute something else with them.
 */
export function declaredKind(layer: Layer): Kind | undefined {
  const {kind} = layer.constructor as {kind?: Kind};
  if (kind === undefined || Object.hasOwn(layer.constructor, 'kind')) return kind;
  const {weights, perChannel} = kind;
  return {weights, perChannel};
}
