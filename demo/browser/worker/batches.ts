import type {TensorContainer} from '@tensorflow/tfjs-core';
import {shuffled} from '../../shuffled';
import type {Settings} from '../settings';
import {TRAIN_DIGITS} from '../shards';
import {examples, type Mnist} from './digits';
import type {Network} from './network';

/** The batch size of a run. */
export const BATCH = 64;

/**
 * The batches of a run, in an order that depends on the seed only. Each epoch continues where the last one stopped, so that
 * all digits are used. The dense twin trains on each batch before the pruned network.
 */
export class Batches {
  /** The time of the twin, in milliseconds. */
  twinTime = 0;
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
    const {digits, seed} = this.#settings;
    let order: number[] = [];
    let rounds = 0;
    let left = digits;
    return {
      next: async () => {
        const length = Math.min(BATCH, left);
        left = left > length ? left - length : digits;
        while (order.length < length) {
          order = order.concat(shuffled(TRAIN_DIGITS, seed * 1000 + rounds++));
        }
        const {x, y} = examples(this.#mnist.train, order.splice(0, length));
        if (this.#network) {
          const started = performance.now();
          this.twinLoss = (await this.#network.dense.trainOnBatch(x, y)) as number;
          this.twinTime += performance.now() - started;
        }
        return {value: {xs: x, ys: y}, done: false};
      },
    };
  }
}
