// The calls of the page about the reader's own images.

/** Pixels of the side of an image, as the network sees it; each has three channels. */
export const SIDE = 32;
export const CHANNELS = 3;
/** Bytes of an image. */
export const BYTES = SIDE * SIDE * CHANNELS;

/** Images with labels from 0 to `classes` − 1. */
export interface Examples {
  readonly classes: number;
  readonly labels: Uint8Array;
  /** `BYTES` per image, row by row. */
  readonly pixels: Uint8Array;
}

export interface OwnTrained {
  /** The ES module that predicts without TensorFlow.js, from `BYTES` values from 0 to 1. */
  module: string;
  /** Of the images that training did not see; `tested` is their number. */
  accuracy: number;
  tested: number;
  weights: number;
  remaining: number;
}

export interface OwnTick {
  /** From 0 to 1. */
  done: number;
  sparsity: number;
}

export interface OwnCalls {
  /** Loads all code for training, so that nothing is requested afterwards. */
  prepareOwn(): Promise<void>;
  /** Trains a network on images, prunes it to so many percent, and ships it; undefined if stopped. */
  trainOwn(examples: Examples, sparsity: number): Promise<OwnTrained | undefined>;
  stopOwn(): Promise<void>;
}
