// The records in the messages between the page and its worker.

export type Phase = 'waiting' | 'running' | 'paused' | 'idle';

export interface Started {
  backend: string;
  /** The other backends, each with the reason why it was not chosen. */
  others: {name: string; reason: string}[];
}

/** The sparse files of a network. */
export interface Carried {
  pruned: ArrayBuffer;
  dense: ArrayBuffer;
}

/** The class probabilities of a digit by both networks. */
export interface Answers {
  dense: number[];
  pruned: number[];
}

export interface Pruned {
  accuracy: number;
  sparsity: number;
  /** Of the sparse file, once TensorFlow.js is loaded. */
  bytes?: number;
  milliseconds: number;
  answers?: Answers;
  /** The accuracy at the same sparsity by the other importance. */
  against?: number;
}

export interface Outcome {
  ended: 'done' | 'stopped';
  accuracy: number;
  denseAccuracy: number;
  sparsity: number;
}

/** A moment of a run. */
export interface Tick {
  /** The number of completed epochs, with fractions. */
  epoch: number;
  loss: number;
  denseLoss?: number;
  sparsity: number;
  accuracy?: number;
  denseAccuracy?: number;
  /** The time of a training step of the pruned network, in milliseconds. */
  step: number;
}

export interface WeightView {
  name: string;
  shape: number[];
  values: Float32Array;
  mask: Uint8Array;
}

export interface Sizes {
  parameters: number;
  macs: number;
  /** Of the weights as tfjs saves them for the dense network; of the sparse file for the pruned one. */
  bytes: number;
}

/** The dense network, the pruned one without its pruned channels, and the same with sparse products. */
export type Ways = Record<'dense' | 'compact' | 'sparse', Shipped>;

export interface Shipped {
  parameters: number;
  macs: number;
  /** Of the weights, or of the whole sparse file. */
  bytes: number;
  /** For a batch of 250 digits. */
  milliseconds: number;
}

/** A module beside tfjs: gzipped bytes of code, and the time for a digit. */
export interface Shipment {
  bytes: number;
  /** Of tfjs and the weights of the dense network. */
  tfjsBytes: number;
  microseconds: number;
  /** Of the dense network in tfjs. */
  tfjsMicroseconds: number;
}

export interface Mistake {
  label: number;
  read: number;
  pixels: Uint8Array;
}

export interface Inspected {
  value: number;
  kept: boolean;
  /** The score of the element's unit at its last update, and the threshold of that update. */
  score?: number;
  threshold?: number;
  /** The epoch in which it was pruned; undefined if it was kept or pruned without training. */
  epoch?: number;
}

export interface NamedFile {
  name: string;
  bytes: ArrayBuffer;
}
