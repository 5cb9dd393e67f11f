import {assertStrength, assertTerm, attachLoss} from '../src/penalty/addSparsityLoss';
import type {Penalty} from '../src/penalty/penalty';
import type {Schedule} from '../src/schedule';
import {ask} from '../src/util/factory';
import type {Where} from '../src/where';
import {assertProximal, attachProximal} from './shared/proximal';
import {assertInstance, callbackFactory, TrainingCallback, whenTrainingEnds} from './shared/trainingCallback';

export interface SparsityLossOptions {
  /** What a weight or the output of its layer costs, as `l1()`. */
  penalty: Penalty;
  /** How much the costs count, 0 or more: a number, or a schedule of the progress from first to last epoch. */
  strength: number | Schedule;
  /** All prunable weights by default. */
  where?: Where;
  /**
   * Takes the proximal step of the penalty after each update, as the soft threshold of `l1()`, which makes exact
   * zeros, in place of the gradient of the cost; false by default. The loss is then logged without the cost.
   */
  proximal?: boolean;
  /**
   * The rate by which strength counts in a proximal step; by default that of the optimizer, where it has one for all
   * weights, as SGD and momentum do.
   */
  learningRate?: number;
}

/** The callback that `sparsityLoss` makes. */
export class SparsityLoss extends TrainingCallback {
  readonly #options: SparsityLossOptions;
  #strength = 0;

  constructor(options: SparsityLossOptions) {
    super('sparsityLoss');
    assertTerm('sparsityLoss', options, ['penalty', 'strength', 'where', 'proximal', 'learningRate']);
    assertProximal('sparsityLoss', options);
    this.#options = options;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('sparsityLoss', this);
    // What is wrong is to be known before the first batch.
    for (let epoch = 0; epoch < (this.params.epochs as number); epoch++) {
      this.#strengthAt(epoch);
    }
    const {penalty, where, proximal, learningRate} = this.#options;
    const strength = () => this.#strength;
    whenTrainingEnds(
      this.model,
      proximal
        ? attachProximal('sparsityLoss', this.model, {penalty, strength, where, learningRate})
        : attachLoss('sparsityLoss', this.model, {penalty, strength, where}),
    );
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#strength = this.#strengthAt(epoch);
  }

  #strengthAt(epoch: number): number {
    const {strength} = this.#options;
    const last = (this.params.epochs as number) - 1;
    const progress = last > 0 ? epoch / last : 1;
    const value =
      typeof strength === 'function' ? ask('sparsityLoss', 'strength', strength, progress) : strength;
    assertStrength('sparsityLoss', value);
    return value;
  }
}

/**
 * A callback that adds to the training loss what the prunable weights cost, or what their layers put out: loss +
 * strength · Σ penalty over the weights, each times its mask. It draws weights towards 0, so that pruning them costs
 * less; only a mask makes them 0, or with `proximal: true` the step that it takes after each update. The cost is there
 * while fit runs; `val_loss`, like all of tfjs's, leaves it out.
 *
 * @throws on bad options at once; before the first batch if the model has nothing to prune, or if a proximal step
 *   knows no learning rate.
 * @see Parikh, Boyd: Proximal Algorithms, 2014, for `proximal`.
 */
export const sparsityLoss = /* @__PURE__ */ callbackFactory(
  'sparsityLoss',
  (options: SparsityLossOptions): SparsityLoss => new SparsityLoss(options),
);
