import {storeZeros} from '../src/model/mask';
import {readPrunable} from '../src/model/network';
import {decide} from '../src/prune';
import {assertRecipe, type Recipe, recipeOptions} from '../src/recipe';
import {assertTarget} from '../src/target';
import {assertOptions, wrong} from '../src/util/options';
import {choose} from '../src/where';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {joinRun} from './shared/trainingRun';

/** Options for `project`. */
export interface ProjectOptions extends Recipe {
  /** The share of units to set to 0, in [0, 1). */
  sparsity: number;
}

/** The callback that `project` returns. */
export class Project extends TrainingCallback {
  readonly #sparsity: number;
  readonly #recipe: Recipe;
  #trained: Recipe = {};

  constructor(options: ProjectOptions) {
    super('project');
    assertOptions('project', options, ['sparsity', ...recipeOptions]);
    const {sparsity, ...recipe} = options;
    assertRecipe('project', recipe);
    assertTarget('project', sparsity);
    if (typeof sparsity !== 'number') throw wrong('project', 'sparsity', 'a number in [0, 1)', sparsity);
    this.#sparsity = sparsity;
    this.#recipe = recipe;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('project', this);
    const {where, pattern} = this.#recipe;
    const network = readPrunable('project', this.model);
    const chosen = new Set(choose(network, where, pattern).map(({name}) => name));
    const trained = new Set(this.model.trainableWeights.map((variable) => variable.name));
    const names = new Set(
      network.weights
        .filter(({name, value}) => chosen.has(name) && trained.has(value.name))
        .map(({name}) => name),
    );
    this.#trained = {...this.#recipe, where: ({name}) => names.has(name)};
    joinRun(this.model).changesMasks = 'project';
    // Errors surface before the first batch.
    await decide(network, this.#sparsity, this.#trained);
  }

  override async onBatchEnd(): Promise<void> {
    const network = readPrunable('project', this.model);
    const {decisions} = await decide(network, this.#sparsity, this.#trained);
    for (const {weight, bits} of decisions) storeZeros(weight.value, bits);
    await super.onBatchEnd();
  }
}

/**
 * A callback for iterative hard thresholding: after each update it sets all units but those with the highest scores to 0,
 * without masks. Zeros are still trained and may become nonzero again in the next update; `prune` at the same sparsity makes
 * them permanent. Other options are those of a recipe. Frozen weights are unchanged. An epoch's validation runs before its
 * last batch is thresholded.
 *
 * formula: w ← H(w − η·∂L/∂w), where H keeps the share 1 − sparsity of the units and sets the others to 0
 *
 * cost: one selection per batch
 *
 * @returns the callback.
 * @throws on bad options; before the first batch if the model has nothing to prune.
 * @see Blumensath, Davies: Iterative Hard Thresholding for Compressed Sensing, 2009.
 * @example
 * await model.fit(x, y, {epochs: 2, callbacks: [project({sparsity: 0.8})]});
 * await prune(model, 0.8);
 * @function
 */
export const project = /* @__PURE__ */ callbackFactory(
  'project',
  (options: ProjectOptions): Project => new Project(options),
);
