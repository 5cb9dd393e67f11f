import type {Network} from '../../src/model/network';
import type {Weight} from '../../src/model/weight';
import type {Recipe} from '../../src/recipe';
import type {CollectOptions} from '../../src/statistics/options';
import type {Collection, Statistics} from '../../src/statistics/statistic';
import {type Sums, sumsFromJson, sumsToJson} from '../../src/statistics/sums';
import {whenTrainingEnds} from './trainingCallback';

/** The statistics that a callback collects for its recipe, which may go on in another fit or process. */
export class Collector {
  #collection: Collection | undefined;
  #saved: readonly Sums[] = [];
  #unsaved = 0;

  /** @param name The function that made the callback. */
  constructor(
    readonly name: string,
    readonly recipe: Recipe,
    readonly options: CollectOptions = {},
  ) {}

  /** Whether there is anything to collect, as the importance needs it and nobody gave it. */
  get isNeeded(): boolean {
    const {importance, statistics, data} = this.recipe;
    return importance?.needs !== undefined && statistics === undefined && data === undefined;
  }

  /** Whether statistics of an earlier fit wait to be gone on with. */
  get hasSaved(): boolean {
    return this.#saved.length > 0;
  }

  /** Collects, if need be, until the training of a model ends. */
  begin(network: Network, weights: readonly Weight[]): void {
    const {needs = []} = this.recipe.importance ?? {};
    if (!this.isNeeded || needs.length === 0) return;
    const collection = needs[0].taken.collect(network, weights, needs, this.options);
    this.#collection = collection;
    whenTrainingEnds(network.model, () => {
      collection.stop();
      this.#collection = undefined;
    });
  }

  /** Goes on with what was saved, or forgets it. @throws if it was saved by another recipe. */
  goOn(goesOn: boolean): void {
    if (goesOn) this.#collection?.load(this.name, this.#saved);
    else this.#saved = [];
    this.#unsaved = 0;
  }

  /** Starts a window of statistics, unless there is one over the whole run, or ends it. */
  restart(active = true): void {
    if (this.#collection === undefined || this.options.decay !== undefined) return;
    this.#collection.active = active;
    this.#collection.reset();
    this.#saved = [];
    this.#unsaved = 0;
  }

  /** Counts a batch that `state` may not lose until it is saved. */
  countBatch(): void {
    if (this.#collection?.active) this.#unsaved++;
  }

  /** What is known by now, or what the recipe gives. */
  async results(): Promise<Statistics | undefined> {
    return (await this.#collection?.results()) ?? this.recipe.statistics;
  }

  /** Reads what was collected so far, for another fit or process to go on with; or nothing, if nobody will. */
  async save(isOfUse: boolean): Promise<void> {
    this.#saved = isOfUse ? ((await this.#collection?.sums()) ?? []) : [];
    this.#unsaved = 0;
  }

  /** @throws if batches would be lost, as reading them from the device takes time that nobody waits for here. */
  toJson(): Sums<string>[] {
    if (this.#unsaved > 0) {
      throw new Error(
        `${this.name}: state() would lose the statistics of ${this.#unsaved} batches; call it when an epoch has ended, ` +
          `from a callback after ${this.name}(), or after fit`,
      );
    }
    return this.#saved.map(sumsToJson);
  }

  restore(sums: readonly Sums<string>[] = []): void {
    this.#saved = sums.map(sumsFromJson);
    this.#unsaved = 0;
  }
}
