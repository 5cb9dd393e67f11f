import {
  abs,
  argMax,
  cast,
  greater,
  max,
  min,
  reshape,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type {Confusion} from './metric';

const hint = 'for other targets, give the name of a compiled loss or metric';

/** The maximum number of classes. */
const LIMIT = 2 ** 24;

/** Counts how often each class is predicted as each, over all batches that are added. */
export class Counter {
  #classes = 2;
  /** By actual · LIMIT + predicted, as the number of classes is unknown before the last batch. */
  readonly #counts = new Map<number, number>();

  /** @param who The function that the user called. */
  constructor(readonly who: string) {}

  /**
   * @param outputs `[…, classes]`, or `[…, 1]` of probabilities of class 1.
   * @param targets One-hot, or class numbers.
   * @throws unless each output has a target that is a class.
   */
  async add(outputs: Tensor, targets: Tensor): Promise<void> {
    const columns = columnsOf(outputs);
    const rows = outputs.size / columns;
    const [predicted, actual] = await Promise.all([
      valuesOf(() =>
        columns > 1 ? argMax(reshape(outputs, [-1, columns]), 1) : reshape(greater(outputs, 0.5), [-1]),
      ),
      targets.size === rows ? targets.data() : this.#oneHot(outputs, targets),
    ]);
    this.#classes = Math.max(this.#classes, columns);
    for (let i = 0; i < actual.length; i++) {
      const target = actual[i];
      if (!(Number.isInteger(target) && target >= 0 && target < this.#classes)) {
        const range = target >= this.#classes ? ` of an output for ${this.#classes} classes` : '';
        throw new Error(
          `${this.who}: targets must be one-hot or class numbers from 0, got ${target}${range}; ${hint}`,
        );
      }
      const key = target * LIMIT + predicted[i];
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  async #oneHot(outputs: Tensor, targets: Tensor): Promise<ArrayLike<number>> {
    const columns = columnsOf(targets);
    if (columns === 1 || targets.size / columns !== outputs.size / columnsOf(outputs)) {
      throw new Error(
        `${this.who}: targets of shape ${targets.shape} do not fit outputs of shape ${outputs.shape}`,
      );
    }
    const table = () => reshape(cast(targets, 'float32'), [-1, columns]);
    const [classes, [least, off]] = await Promise.all([
      valuesOf(() => argMax(table(), 1)),
      // Probabilities are accepted, such as those of label smoothing.
      valuesOf(() => stack([min(table()), max(abs(sub(sum(table(), 1), 1)))])),
    ]);
    if (!(least > -1e-3 && off < 1e-3)) {
      throw new Error(
        `${this.who}: targets must be one-hot or class numbers, got rows ${least < 0 ? 'with negative numbers' : 'that do not sum to 1'}; ${hint}`,
      );
    }
    return classes;
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

const columnsOf = ({rank, shape}: Tensor) => (rank > 1 ? (shape[rank - 1] as number) : 1);

async function valuesOf(make: () => Tensor): Promise<ArrayLike<number> & Iterable<number>> {
  const tensor = tidy(make);
  try {
    return await tensor.data();
  } finally {
    tensor.dispose();
  }
}
