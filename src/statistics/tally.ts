import {dispose, keep, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {readTogether} from '../model/readTogether';
import {bytesOf, valuesOf} from '../util/bytes';
import type {Statistic, WeightStatistics} from './statistic';
import type {Sums} from './sums';

/** Adds a batch to a statistic, with its number of rows. @param read Gets its values, and the number of the batch, from 0. */
export type AddBatch = (read: (batch: number) => Tensor[], rows: number) => void;

interface Open {
  weight: string;
  statistic: Statistic;
  tensors: Tensor[] | undefined;
  count: number;
  batches: number;
}

/** The sums of some statistics, which stay on the device until they are cleared. */
export class Tally {
  readonly #sums: Open[] = [];

  constructor(readonly decay: number) {}

  /** Starts a statistic of a weight. */
  open(weight: string, statistic: Statistic): AddBatch {
    const sums: Open = {weight, statistic, tensors: undefined, count: 0, batches: 0};
    this.#sums.push(sums);
    return (read, rows) => {
      const batch = sums.batches++;
      if (batch % (statistic.every ?? 1) > 0) return;
      const before = sums.tensors ?? [];
      sums.tensors = tidy(() => statistic.add(sums.tensors, read(batch), this.decay).map(keep));
      sums.count = sums.count * this.decay + rows;
      dispose(before.filter((tensor) => !sums.tensors?.includes(tensor)));
    };
  }

  async results(): Promise<Map<string, WeightStatistics>> {
    const begun = this.#sums.filter(({tensors}) => tensors !== undefined);
    const results = begun.map(({statistic, tensors, count}) =>
      tidy(() => statistic.result(tensors as Tensor[], count)),
    );
    const found = new Map<string, WeightStatistics>();
    for (const [i, values] of (await readTogether(results)).entries()) {
      const {weight, statistic} = begun[i];
      found.set(weight, {...found.get(weight), [statistic.name]: values});
    }
    return found;
  }

  /** Reads the sums so far from the device. */
  async read(): Promise<Sums[]> {
    const begun = this.#sums.filter(({tensors}) => tensors !== undefined);
    return Promise.all(
      begun.map(async ({weight, statistic, tensors = [], count, batches}) => {
        const found = tensors.map(async (sum) => {
          const {shape, dtype} = sum;
          return {shape, dtype, values: await bytesOf(sum)};
        });
        return {weight, statistic: statistic.name, count, batches, tensors: await Promise.all(found)};
      }),
    );
  }

  /** Continues with sums that were read. @throws if they are of a statistic that is not open; nothing changes then. */
  load(who: string, read: readonly Sums[]): void {
    const found = read.map(({weight, statistic}) => {
      const sums = this.#sums.find((open) => open.weight === weight && open.statistic.name === statistic);
      if (sums === undefined) {
        throw new Error(
          `${who}: the state is of another recipe, one with statistics ${statistic} of weight "${weight}"`,
        );
      }
      return sums;
    });
    this.clear();
    for (const [i, {count, batches, tensors}] of read.entries()) {
      const kept = tensors.map(({shape, dtype, values}) =>
        keep(tensor(valuesOf(values, dtype), shape, dtype as 'float32')),
      );
      Object.assign(found[i], {tensors: kept, count, batches});
    }
  }

  clear(): void {
    for (const sums of this.#sums) {
      dispose(sums.tensors ?? []);
      Object.assign(sums, {tensors: undefined, count: 0, batches: 0});
    }
  }
}
