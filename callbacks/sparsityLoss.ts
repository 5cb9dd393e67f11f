import {assertStrength, assertTerm, attachLoss} from '../src/penalty/addSparsityLoss';
import type {Penalty} from '../src/penalty/penalty';
import type {Schedule} from '../src/schedule';
import {ask} from '../src/util/factory';
import type {Where} from '../src/where';
import {assertProximal, attachProximal} from './shared/proximal';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {joinRun} from './shared/trainingRun';

/** Options for `sparsityLoss`. */
export interface SparsityLossOptions {
  /** The penalty on a weight, or on its layer's output, such as `l1()`. */
  penalty: Penalty;
  /** The penalty's factor, at least 0: a number, or a schedule of progress from the first to the last epoch. */
  strength: number | Schedule;
  /** The weights to penalize; all prunable weights by default. */
  where?: Where;
  /**
   * Whether to apply the penalty's proximal step after each update instead of its gradient, such as the soft threshold of
   * `l1()`, which makes exact zeros; false by default. The logged loss is then without the penalty.
   */
  proximal?: boolean;
  /** The learning rate of proximal steps; by default the optimizer's, if it is the same for all weights (SGD, momentum). */
  learningRate?: number;
}

/** The callback that `sparsityLoss` returns. */
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
    // Bad values of a schedule are reported before the first batch.
    for (let epoch = 0; epoch < (this.params.epochs as number); epoch++) {
      this.#strengthAt(epoch);
    }
    const {penalty, where, proximal, learningRate} = this.#options;
    const strength = () => this.#strength;
    joinRun(this.model).cleanups.push(
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
 * A callback that adds a penalty on the masked prunable weights, or on their layers' outputs, to the training loss: loss +
 * strength · Σ penalty. It shrinks weights, so that pruning them costs less accuracy. Gradients do not make weights exactly
 * 0; `proximal: true` does, by a step after each update. The penalty applies while fit runs, and is not part of `val_loss`.
 *
 * @returns the callback.
 * @throws on bad options; before the first batch if the model has nothing to prune, or if there is no learning rate for
 *   proximal steps.
 * @see Parikh, Boyd: Proximal Algorithms, 2014, for `proximal`.
 * @example
 * const shrink = sparsityLoss({penalty: groupLasso(channel()), strength: 1e-4});
 * await model.fit(x, y, {epochs: 2, callbacks: [shrink]});
 * @function
 */
export const sparsityLoss = /* @__PURE__ */ callbackFactory(
  'sparsityLoss',
  (options: SparsityLossOptions): SparsityLoss => new SparsityLoss(options),
);
