import {type Tensor2D, type Tensor4D, tensor2d, tensor4d} from '@tensorflow/tfjs-core';
import {type Digits, readDigits} from '../readDigits';
import {CLASSES, type Shard, SIDE, SIZE, TRAIN_DIGITS, testDigits, trainShards} from '../shards';

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
    this.test = await readDigits(base, testDigits);
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
    const {labels, pixels} = await readDigits(this.#base, shard);
    this.train.labels.set(labels, first);
    this.train.pixels.set(pixels, first * SIZE);
  }
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
