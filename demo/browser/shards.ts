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

const PER_SHARD = 5000;

/** The first thousand test digits, in a separate file: the page is usable once they are loaded. */
export const subset: Shard = {file: 'digits/test-0.bin', count: 1000};

/** The other test digits. */
export const testRest: Shard = {file: 'digits/test-1.bin', count: 9000};

export const trainShards: readonly Shard[] = Array.from({length: 12}, (_, i) => ({
  file: `digits/train-${i}.bin`,
  count: PER_SHARD,
}));

export const TRAIN_DIGITS = trainShards.reduce((sum, {count}) => sum + count, 0);
