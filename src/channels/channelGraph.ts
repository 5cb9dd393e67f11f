import type {CallNode, Layer} from '../model/tfjs';
import type {ChannelTensor, Propagation} from './rules/rule';
import type {Channels} from './union';

/** A model's channels, and the calls that produce, transform and consume them. */
export interface ChannelGraph {
  readonly channels: Channels;
  /** The calls of layers, each after those that compute its inputs. */
  readonly calls: readonly LayerCall[];
  /** The layers, including those in nested models, in the order of their first calls. */
  readonly layers: readonly LayerNode[];
  /** The calls of nested models, and the conversions of tensors by wrappers that call a model at each step. */
  readonly modelCalls: readonly ModelCall[];
  readonly outputs: readonly ChannelTensor[];
}

/** A layer and its calls in one pass through the model. */
export interface LayerNode {
  readonly layer: Layer;
  /** The names of the layers from the model down, joined by `/`. */
  readonly path: string;
  readonly calls: LayerCall[];
}

/** A call of a nested model. */
export interface ModelCall {
  readonly node: CallNode;
  readonly inputs: readonly ChannelTensor[];
  readonly outputs: readonly ChannelTensor[];
}

/** A call of a layer. */
export interface LayerCall extends ModelCall {
  /** Whether it is an input layer, which returns the tensor that its model is called with. */
  readonly isEntry: boolean;
  /** How channels pass through it. */
  readonly propagation: Propagation;
}
