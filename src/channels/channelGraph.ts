import type {Layer, LayerCall} from '../model/tfjs';
import type {Passage, Stream} from './rules/rule';
import type {Channels} from './union';

/** A model followed from its inputs to its outputs: which channels there are, and what becomes of them. */
export interface Walk {
  readonly channels: Channels;
  /** The layers without layers inside, in the order in which they are first called. */
  readonly sites: readonly Site[];
  readonly nested: readonly NestedVisit[];
  readonly outputs: readonly Stream[];
}

/** A layer and its calls in one pass through the model. */
export interface Site {
  readonly layer: Layer;
  /** As `leaves` has it. */
  readonly path: string;
  readonly visits: Visit[];
}

/** One call of a model in the model. */
export interface NestedVisit {
  readonly node: LayerCall;
  readonly inputs: readonly Stream[];
  readonly outputs: readonly Stream[];
}

/** One call of a layer. */
export interface Visit extends NestedVisit {
  /** It hands on what its model is called with. */
  readonly isEntry: boolean;
  /** What it does to channels, or why that cannot be said. */
  readonly passage: Passage | string;
}
