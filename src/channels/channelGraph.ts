import type {CallNode, Layer} from '../model/tfjs';
import type {ChannelTensor, Propagation} from './rules/rule';
import type {Channels} from './union';

/** A model followed from its inputs to its outputs: which channels there are, and what becomes of them. */
export interface ChannelGraph {
  readonly channels: Channels;
  /** The layers without layers inside, in the order in which they are first called. */
  readonly layers: readonly LayerNode[];
  readonly modelCalls: readonly ModelCall[];
  readonly outputs: readonly ChannelTensor[];
}

/** A layer and its calls in one pass through the model. */
export interface LayerNode {
  readonly layer: Layer;
  /** As `leaves` has it. */
  readonly path: string;
  readonly calls: LayerCall[];
}

/** One call of a model in the model. */
export interface ModelCall {
  readonly node: CallNode;
  readonly inputs: readonly ChannelTensor[];
  readonly outputs: readonly ChannelTensor[];
}

/** One call of a layer. */
export interface LayerCall extends ModelCall {
  /** It hands on what its model is called with. */
  readonly isEntry: boolean;
  /** What it does to channels, or why that cannot be said. */
  readonly propagation: Propagation;
}
