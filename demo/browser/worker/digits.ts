import {type Tensor2D, type Tensor4D, tensor2d, tensor4d} from '@tensorflow/tfjs-core';
import {CLASSES, type Shard, SIDE, SIZE, TRAIN_DIGITS, testDigits, trainShards} from '../shards';

/** Digits as bytes: a label and 784 pixels each. */
export interface Digits {
  readonly labels: Uint8Array;
  readonly pixels: Uint8Array;
}

/** The digits: a thousand for testing, and those for training shard by shard, as they are needed. */
export class Mnist {
  readonly train: Digits = {
    labels: new Uint8Array(TRAIN_DIGITS),
    pixels: new Uint8Array(TRAIN_DIGITS * SIZE),
  };
  test!: Digits;
  readonly #shards = new Map<Shard, Promise<void>>();
  #base = '';

  async loadTest(base: string): Promise<void> {
    this.#base = base;
    this.test = await read(base, testDigits);
  }

  /** Loads the training digits from `from` to `until` − 1; `progress` gets the numbers of loaded digits. */
  async load(from: number, until: number, progress: (have: number) => void = () => {}): Promise<void> {
    let have = from;
    for (const [i, shard] of trainShards.entries()) {
      const first = i * shard.count;
      if (first + shard.count <= from || first >= until) continue;
      const loading = this.#shards.get(shard) ?? this.#read(shard, first);
      this.#shards.set(shard, loading);
      // Another attempt may succeed.
      await loading.catch((error) => {
        this.#shards.delete(shard);
        throw error;
      });
      have = Math.min(until, first + shard.count);
      progress(have);
    }
  }

  async #read(shard: Shard, first: number): Promise<void> {
    const {labels, pixels} = await read(this.#base, shard);
    this.train.labels.set(labels, first);
    this.train.pixels.set(pixels, first * SIZE);
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
