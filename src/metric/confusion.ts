import {argMax, greater, reshape, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {Confusion} from './metric';

/**
 * The class of each row of outputs or targets: of several columns the one with the largest value; of one column the
 * value itself if it is a target, and whether it is above ½ if it is an output.
 */
async function classesOf(x: Tensor, isOutput: boolean): Promise<ArrayLike<number>> {
  const classes = tidy(() => {
    const columns = x.rank > 1 ? (x.shape[x.rank - 1] as number) : 1;
    if (columns > 1) return argMax(reshape(x, [-1, columns]), 1);
    return reshape(isOutput ? greater(x, 0.5) : x, [-1]);
  });
  const values = await classes.data();
  classes.dispose();
  return values;
}

/** More classes than there are. */
const LIMIT = 2 ** 24;

/** Counts how often each class is taken for which, over all that it is told. */
export class Counter {
  #classes = 2;
  /** By actual · LIMIT + predicted, as the number of classes is not known before all was seen. */
  readonly #counts = new Map<number, number>();

  /**
   * @param outputs `[…, classes]`, or `[…, 1]` of probabilities of class 1.
   * @param targets One-hot, or class numbers.
   */
  async add(outputs: Tensor, targets: Tensor): Promise<void> {
    const [predicted, actual] = await Promise.all([classesOf(outputs, true), classesOf(targets, false)]);
    if (predicted.length !== actual.length) {
      throw new Error(`evaluation: ${predicted.length} outputs but ${actual.length} targets`);
    }
    const columns = outputs.rank > 1 ? (outputs.shape[outputs.rank - 1] as number) : 1;
    this.#classes = Math.max(this.#classes, columns);
    for (let i = 0; i < actual.length; i++) {
      if (!(Number.isInteger(actual[i]) && actual[i] >= 0)) {
        throw new Error(`evaluation: targets must be one-hot or class numbers from 0, got ${actual[i]}`);
      }
      this.#classes = Math.max(this.#classes, actual[i] + 1);
      const key = actual[i] * LIMIT + predicted[i];
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  confusion(): Confusion {
    const classes = this.#classes;
    const counts = new Float64Array(classes ** 2);
    for (const [key, count] of this.#counts) {
      counts[Math.floor(key / LIMIT) * classes + (key % LIMIT)] = count;
    }
    return {classes, counts};
  }
}
