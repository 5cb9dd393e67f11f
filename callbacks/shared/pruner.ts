import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Network, readPrunable} from '../../src/model/network';
import {queued} from '../../src/model/queue';
import {pruneNetwork} from '../../src/prune';
import type {Pruned} from '../../src/pruned';
import type {Recipe} from '../../src/recipe';
import type {CollectOptions} from '../../src/statistics/options';
import type {Collector} from '../../src/statistics/statistic';
import type {Sums} from '../../src/statistics/sums';
import type {Target} from '../../src/target';
import {choose} from '../../src/where';
import {assertSameModel, signatureOf} from './signature';
import type {Splicing} from './splicing';
import {joinRun} from './trainingRun';
import {announcePruning} from './updates';

/** The part of a state that all callbacks that prune share. JSON can hold it. */
export interface PrunerState {
  /** The names and shapes of the model's weights. */
  readonly weights: readonly string[];
  /** The statistics collected for the next update. */
  readonly statistics?: readonly Sums<string>[];
}

/** Prunes the model in a fit by a recipe, with statistics from its training. */
export class Pruner {
  /** Collects the statistics of the importance, unless the recipe has it or data to measure it on. */
  readonly collector: Collector | undefined;
  #restored: readonly string[] | undefined;

  /** @param who The function that made the callback. */
  constructor(
    readonly who: string,
    readonly recipe: Recipe,
    collect?: CollectOptions,
  ) {
    const {importance, statistics, data} = recipe;
    const needs = (!statistics && !data && importance?.needs) || [];
    this.collector = needs[0]?.taken.collector(who, needs, collect);
  }

  /**
   * Joins a model's fit, and collects statistics in it.
   *
   * @returns Whether the fit resumes from a restored state.
   * @throws if no weights are to be pruned, or the state is of another model.
   */
  begin(network: Network): boolean {
    const chosen = choose(network, this.recipe.where, this.recipe.pattern);
    const restored = this.#restored;
    if (restored !== undefined) assertSameModel(network, restored);
    this.#restored = undefined;
    announcePruning(network.model);
    const end = this.collector?.begin(network, chosen);
    if (end !== undefined) joinRun(network.model).cleanups.push(end);
    return restored !== undefined;
  }

  /** Prunes the model to a target, and reports it to the other callbacks. @param splicing Lets pruned units return. */
  async prune(model: LayersModel, target: Target, splicing?: Splicing): Promise<Pruned> {
    const statistics = (await this.collector?.results()) ?? this.recipe.statistics;
    const network = readPrunable(this.who, model);
    const recipe = {...this.recipe, statistics};
    const run = (by: Recipe) => pruneNetwork(network, target, by);
    const result = await queued(model, () => splicing?.update(recipe, run) ?? run(recipe));
    joinRun(model).latest = result;
    return result;
  }

  /** @throws in the middle of an epoch if statistics would be lost. */
  state(model: LayersModel | undefined): Required<PrunerState> {
    return {
      weights: model ? signatureOf(readPrunable(this.who, model)) : [],
      statistics: this.collector?.toJson() ?? [],
    };
  }

  restore({weights, statistics = []}: PrunerState): void {
    this.#restored = weights;
    this.collector?.restore(statistics);
  }
}
