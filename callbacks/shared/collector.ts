import type {Network} from '../../src/model/network';
import type {Weight} from '../../src/model/weight';
import type {Recipe} from '../../src/recipe';
import type {CollectOptions} from '../../src/statistics/options';
import type {Collection, Statistic, Statistics} from '../../src/statistics/statistic';
import {type Sums, sumsFromJson, sumsToJson} from '../../src/statistics/sums';
import {joinRun} from './trainingRun';

/** Collects the statistics that a recipe needs during training, and resumes in another fit or process. */
export class Collector {
  /** Whether statistics are collected over the whole run, and not in windows between updates. */
  readonly isContinuous: boolean;
  /** The statistics that the importance needs, unless the recipe has them or data to measure them on. */
  readonly #needs: readonly Statistic[];
  #collection: Collection | undefined;
  #saved: readonly Sums[] = [];
  #unsavedBatches = 0;

  /** @param who The function that made the callback. */
  constructor(
    readonly who: string,
    readonly recipe: Recipe,
    readonly options: CollectOptions = {},
  ) {
    const {importance, statistics, data} = recipe;
    this.#needs = (!statistics && !data && importance?.needs) || [];
    this.isContinuous = options.decay !== undefined;
  }

  /** Whether an epoch has to collect statistics before an update, and none of an earlier fit are saved. */
  get isWaiting(): boolean {
    return this.#needs.length > 0 && this.#saved.length === 0;
  }

  /** Collects the statistics of some weights, if they are needed, until the training of a model ends. */
  begin(network: Network, weights: readonly Weight[]): void {
    const [first] = this.#needs;
    if (first === undefined) return;
    const collection = first.taken.collect(network, weights, this.#needs, this.options);
    this.#collection = collection;
    joinRun(network.model).cleanups.push(() => {
      collection.stop();
      this.#collection = undefined;
    });
  }

  /** Continues the saved statistics, or drops them. @throws if another recipe saved them. */
  resume(isContinued: boolean): void {
    if (isContinued) this.#collection?.load(this.who, this.#saved);
    this.#setSaved(isContinued ? this.#saved : []);
  }

  /** Starts a new window of statistics, unless they are collected over the whole run. @param isActive False to pause instead. */
  startWindow(isActive = true): void {
    if (this.#collection === undefined || this.isContinuous) return;
    this.#collection.active = isActive;
    this.#collection.reset();
    this.#setSaved([]);
  }

  /** Counts a batch whose statistics must be saved before `toJson`. */
  countBatch(): void {
    if (this.#collection?.active) this.#unsavedBatches++;
  }

  /** The statistics so far, or those of the recipe. */
  async statistics(): Promise<Statistics | undefined> {
    return (await this.#collection?.results()) ?? this.recipe.statistics;
  }

  /** Reads the sums from the device, for another fit or process to continue. @param isNeeded False if none will. */
  async save(isNeeded: boolean): Promise<void> {
    this.#setSaved((isNeeded && (await this.#collection?.sums())) || []);
  }

  /** @throws if batches are not saved yet: reading them takes time, and `state` is synchronous. */
  toJson(): Sums<string>[] {
    if (this.#unsavedBatches > 0) {
      throw new Error(
        `${this.who}: state() would lose the statistics of ${this.#unsavedBatches} batches; call it when an epoch has ended, ` +
          `from a callback after ${this.who}(), or after fit`,
      );
    }
    return this.#saved.map(sumsToJson);
  }

  restore(sums: readonly Sums<string>[] = []): void {
    this.#setSaved(sums.map(sumsFromJson));
  }

  #setSaved(sums: readonly Sums[]): void {
    this.#saved = sums;
    this.#unsavedBatches = 0;
  }
}
