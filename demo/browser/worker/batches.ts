import type {TensorContainer} from '@tensorflow/tfjs-core';
import {shuffled} from '../../shuffled';
import type {Settings} from '../settings';
import {TRAIN_DIGITS} from '../shards';
import {examples, type Mnist} from './digits';
import type {Network} from './network';

/** The batch size of a run. */
export const BATCH = 64;
/** Digits are shuffled within blocks of so many, so that a run loads no more than it needs. */
const BLOCK = 5000;

/**
 * The batches of a run, in an order that depends on the seed only. Each epoch continues where the last one stopped, so that
 * all digits are used. The dense twin trains on each batch before the pruned network.
 */
export class Batches {
  /** The time of the twin and of getting the digits, in milliseconds. */
  otherTime = 0;
  twinLoss: number | undefined;
  readonly #mnist: Mnist;
  readonly #settings: Settings;
  readonly #network: Network | undefined;

  constructor(mnist: Mnist, settings: Settings, network: Network | undefined) {
    this.#mnist = mnist;
    this.#settings = settings;
    this.#network = network;
  }

  // The part of a dataset that fitDataset uses, without tfjs-data.
  async iterator(): Promise<{next(): Promise<{value: TensorContainer; done: boolean}>}> {
    const {digits} = this.#settings;
    const order = indices(this.#settings);
    let left = digits;
    return {
      next: async () => {
        const batch = Array.from({length: Math.min(BATCH, left)}, () => order.next().value);
        left = left > batch.length ? left - batch.length : digits;
        const started = performance.now();
        await this.#mnist.load(Math.min(...batch), Math.max(...batch) + 1);
        const {x, y} = examples(this.#mnist.train, batch);
        if (this.#network) {
          this.twinLoss = (await this.#network.dense.trainOnBatch(x, y)) as number;
        }
        this.otherTime += performance.now() - started;
        return {value: {xs: x, ys: y}, done: false};
      },
    };
  }
}

/** The digits that a run needs before its first batch. */
export function firstBlock({epochs, digits}: Settings): number {
  return Math.min(BLOCK, total({epochs, digits}));
}

function total({epochs, digits}: Pick<Settings, 'epochs' | 'digits'>): number {
  return Math.min(TRAIN_DIGITS, epochs * digits);
}

/** The indices of the digits of a run, without end: blocks in their order, each shuffled. */
export function* indices({
  epochs,
  digits,
  seed,
}: Pick<Settings, 'epochs' | 'digits' | 'seed'>): Generator<number, never> {
  const all = total({epochs, digits});
  for (let round = 0; ; round++) {
    for (let from = 0; from < all; from += BLOCK) {
      const order = shuffled(Math.min(BLOCK, all - from), seed * 1000 + round * 100 + from / BLOCK);
      for (const i of order) yield from + i;
    }
  }
}
