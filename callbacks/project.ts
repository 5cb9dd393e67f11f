import {storeZeros} from '../src/model/mask';
import {readPrunable} from '../src/model/network';
import {decide} from '../src/prune';
import {assertRecipe, type Recipe, recipeOptions} from '../src/recipe';
import {assertTarget} from '../src/target';
import {describe} from '../src/util/describe';
import {assertOptions} from '../src/util/options';
import {choose} from '../src/where';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';

/** The options of `project`. */
export interface ProjectOptions extends Recipe {
  /** The share of units to set to 0, in [0, 1). */
  sparsity: number;
}

/** The callback that `project` makes. */
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
    if (typeof sparsity !== 'number') {
      throw new Error(`project: sparsity must be a number in [0, 1), got ${describe(sparsity)}`);
    }
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
    // What is wrong is to be known before the first batch.
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
 * A callback that after each update sets all but the units that matter most to 0, without a mask: iterative hard
 * thresholding. What is 0 goes on being trained and may come back with the next update, so that the choice is open to
 * the end; `prune` at the same sparsity then makes it last. The options are those of a recipe. Frozen weights stay. In
 * fit the validation of an epoch runs before the last batch of it is thresholded.
 *
 * formula: w ← H(w − η·∂L/∂w), where H keeps the share 1 − sparsity of the units and sets the others to 0
 *
 * cost: a selection after each batch
 *
 * @throws on bad options at once; before the first batch if the model has nothing to prune.
 * @see Blumensath, Davies: Iterative Hard Thresholding for Compressed Sensing, 2009.
 */
export const project = /* @__PURE__ */ callbackFactory(
  'project',
  (options: ProjectOptions): Project => new Project(options),
);
