import type {Network} from '../model/network';
import {watchTrainSteps} from '../model/trainStep';
import type {Weight} from '../model/weight';
import {collectInTraining, isSampled} from './collect';
import type {CollectOptions} from './options';
import type {Collection, Collector, Statistic} from './statistic';
import {type Sums, sumsFromJson, sumsToJson} from './sums';

/** Collects statistics while models train, and resumes in another fit or process. */
export class TrainingCollector implements Collector {
  #collection: Collection | undefined;
  #saved: readonly Sums[] = [];
  #unsavedBatches = 0;

  /** @param who The function that made the callback. */
  constructor(
    readonly who: string,
    readonly needs: readonly Statistic[],
    readonly options: CollectOptions = {},
  ) {
    if (needs.some(isSampled)) watchTrainSteps();
  }

  get hasSaved(): boolean {
    return this.#saved.length > 0;
  }

  begin(network: Network, weights: readonly Weight[]): () => void {
    const collection = collectInTraining(network, weights, this.needs, this.options);
    this.#collection = collection;
    return () => {
      collection.stop();
      this.#collection = undefined;
    };
  }

  resume(isContinued: boolean): void {
    if (isContinued) this.#collection?.load(this.who, this.#saved);
    this.#setSaved(isContinued ? this.#saved : []);
  }

  startWindow(isActive = true): void {
    if (this.#collection === undefined || this.options.decay !== undefined) return;
    this.#collection.active = isActive;
    this.#collection.reset();
    this.#setSaved([]);
  }

  countBatch(): void {
    if (this.#collection?.active) this.#unsavedBatches++;
  }

  async results() {
    return this.#collection?.results();
  }

  async save(isNeeded: boolean): Promise<void> {
    this.#setSaved((isNeeded && (await this.#collection?.sums())) || []);
  }

  toJson(): Sums<string>[] {
    if (this.#unsavedBatches > 0) {
      throw new Error(
        `${this.who}: state() would lose the statistics of ${this.#unsavedBatches} batches; call it when an epoch has ended, ` +
          `from a callback after ${this.who}(), or after fit`,
      );
    }
    return this.#saved.map(sumsToJson);
  }

  restore(sums: readonly Sums<string>[]): void {
    this.#setSaved(sums.map(sumsFromJson));
  }

  #setSaved(sums: readonly Sums[]): void {
    this.#saved = sums;
    this.#unsavedBatches = 0;
  }
}
