import {type Tensor2D, type Tensor4D, tensor2d, tensor4d} from '@tensorflow/tfjs-core';
import {CLASSES, type Shard, SIDE, SIZE, subset, TRAIN_DIGITS, testRest, trainShards} from '../shards';

/** Digits as bytes: a label and 784 pixels each. */
export interface Digits {
  readonly labels: Uint8Array;
  readonly pixels: Uint8Array;
}

/** The digits while they load: first a thousand for testing, then the rest shard by shard. */
export class Mnist {
  readonly train: Digits = {
    labels: new Uint8Array(TRAIN_DIGITS),
    pixels: new Uint8Array(TRAIN_DIGITS * SIZE),
  };
  test!: Digits;
  rest: Digits | undefined;
  #have = 0;
  #failure: Error | undefined;
  #waiting: {count: number; resolve: () => void; reject: (error: Error) => void}[] = [];

  async loadSubset(base: string): Promise<void> {
    this.test = await read(base, subset);
  }

  /** Loads the digits that the page does not need to start. */
  async loadRest(base: string, progress: (have: number) => void): Promise<void> {
    try {
      for (const shard of trainShards) {
        const {labels, pixels} = await read(base, shard);
        this.train.labels.set(labels, this.#have);
        this.train.pixels.set(pixels, this.#have * SIZE);
        this.#have += shard.count;
        progress(this.#have);
        this.#settle();
      }
      this.rest = await read(base, testRest);
    } catch (error) {
      this.#failure = error as Error;
      this.#settle();
      throw error;
    }
  }

  /** Waits until the first `count` training digits are loaded. */
  available(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({count, resolve, reject});
      this.#settle();
    });
  }

  #settle(): void {
    const failure = this.#failure;
    this.#waiting = this.#waiting.filter(({count, resolve, reject}) => {
      if (count <= this.#have) resolve();
      else if (failure) reject(failure);
      else return true;
      return false;
    });
  }
}

async function read(base: string, {file, count}: Shard): Promise<Digits> {
  const answer = await fetch(new URL(file, base));
  if (!answer.ok || answer.body === null) {
    throw new Error(
      `The digits could not be loaded: ${file} answers ${answer.status}. Reload the page to try again.`,
    );
  }
  const packed = await answer.arrayBuffer();
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (bytes.length !== count * (1 + SIZE)) {
    throw new Error(`The digits in ${file} are damaged. Reload the page to try again.`);
  }
  return {labels: bytes.subarray(0, count), pixels: bytes.subarray(count)};
}

/** Digits as tensors: grey values from 0 to 1, and one-hot labels. */
export function examples({labels, pixels}: Digits, indices: ArrayLike<number>): {x: Tensor4D; y: Tensor2D} {
  const values = new Float32Array(indices.length * SIZE);
  // By hand, as OneHot of the WASM backend writes integers for any dtype.
  const classes = new Float32Array(indices.length * CLASSES);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * SIZE;
    for (let j = 0; j < SIZE; j++) {
      values[i * SIZE + j] = pixels[from + j] / 255;
    }
    classes[i * CLASSES + labels[indices[i]]] = 1;
  }
  return {
    x: tensor4d(values, [indices.length, SIDE, SIDE, 1]),
    y: tensor2d(classes, [indices.length, CLASSES]),
  };
}
