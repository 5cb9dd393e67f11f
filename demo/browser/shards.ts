// The layout of the digits on the server, shared by the build and the worker.

/** A gzipped file of `count` labels, one byte each, followed by as many images of 784 bytes. */
export interface Shard {
  readonly file: string;
  readonly count: number;
}

/** Pixels of an image. */
export const SIZE = 784;
/** Pixels of its side. */
export const SIDE = 28;
export const CLASSES = 10;

/** Small enough that a short run loads little. */
const PER_SHARD = 1000;

/** The first thousand test digits, by which the page measures every accuracy. */
export const testDigits: Shard = {file: 'digits/test.bin', count: PER_SHARD};

export const trainShards: readonly Shard[] = Array.from({length: 60}, (_, i) => ({
  file: `digits/train-${i}.bin`,
  count: PER_SHARD,
}));

export const TRAIN_DIGITS = trainShards.reduce((sum, {count}) => sum + count, 0);
