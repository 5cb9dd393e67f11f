import {dispose, keep, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {readTogether} from '../readTogether';
import type {Statistic, WeightStatistics} from './statistic';

/** Adds to a statistic what a batch tells of so many rows. */
export type See = (told: Tensor[], rows: number) => void;

interface Sums {
  weight: string;
  statistic: Statistic;
  tensors: Tensor[] | undefined;
  count: number;
  batches: number;
}

/** The sums of some statistics, which stay in memory until they are cleared. */
export class Tally {
  readonly #sums: Sums[] = [];

  constructor(readonly decay: number) {}

  /** Starts a statistic of a weight. */
  open(weight: string, statistic: Statistic): See {
    const sums: Sums = {weight, statistic, tensors: undefined, count: 0, batches: 0};
    this.#sums.push(sums);
    return (told, rows) => {
      if (sums.batches++ % (statistic.every ?? 1) > 0) return;
      const before = sums.tensors ?? [];
      sums.tensors = tidy(() => statistic.add(sums.tensors, told, this.decay).map(keep));
      sums.count = sums.count * this.decay + rows;
      dispose(before.filter((tensor) => !sums.tensors?.includes(tensor)));
    };
  }

  async results(): Promise<Map<string, WeightStatistics>> {
    const told = this.#sums.filter(({tensors}) => tensors !== undefined);
    const results = told.map(({statistic, tensors, count}) =>
      tidy(() => statistic.result(tensors as Tensor[], count)),
    );
    const found = new Map<string, WeightStatistics>();
    for (const [i, values] of (await readTogether(results)).entries()) {
      const {weight, statistic} = told[i];
      found.set(weight, {...found.get(weight), [statistic.name]: values});
    }
    return found;
  }

  clear(): void {
    for (const sums of this.#sums) {
      dispose(sums.tensors ?? []);
      Object.assign(sums, {tensors: undefined, count: 0, batches: 0});
    }
  }
}
