import {add, mul, type Scalar, scalar, Tensor, tidy} from '@tensorflow/tfjs-core';
import {assertOptions} from '../src/options';
import type {Penalty} from '../src/penalty/penalty';
import type {Schedule} from '../src/schedule';
import {describe, modelInternals} from '../src/tfjs';
import {prunableWeights, type Weight} from '../src/weight';
import {choose, type Where} from '../src/where';
import {assertInstance, TrainingCallback, whenTrainingEnds} from './trainingCallback';

export interface SparsityLossOptions {
  /** What a weight costs, as `l1()`. */
  penalty: Penalty;
  /** How much the costs count, 0 or more: a number, or a schedule of the progress from first to last epoch. */
  strength: number | Schedule;
  /** All prunable weights by default. */
  where?: Where;
}

/** The callback that `sparsityLoss` makes. */
export class SparsityLoss extends TrainingCallback {
  readonly #options: SparsityLossOptions;
  #strength = 0;

  constructor(options: SparsityLossOptions) {
    super();
    assertOptions('sparsityLoss', options, ['penalty', 'strength', 'where']);
    if (typeof options.penalty !== 'function') {
      throw new Error(`sparsityLoss: penalty must be a function, as l1(), got ${describe(options.penalty)}`);
    }
    if (typeof options.strength !== 'function') {
      assertStrength(options.strength);
    }
    this.#options = options;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('sparsityLoss', this);
    const all = prunableWeights(this.model, 'sparsityLoss');
    const weights = choose('sparsityLoss', this.model, all, this.#options.where);
    // What is wrong is to be known before the first batch.
    for (let epoch = 0; epoch < (this.params.epochs as number); epoch++) {
      this.#strengthAt(epoch);
    }
    const loss = () => this.#loss(weights);
    tidy(() => {
      loss();
    });
    // Each call of a layer counts its losses once, and an input layer is called once.
    const [{losses}] = modelInternals(this.model).inputLayers;
    losses.push(loss);
    whenTrainingEnds(this.model, () => {
      losses.splice(losses.indexOf(loss), 1);
    });
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#strength = this.#strengthAt(epoch);
  }

  #strengthAt(epoch: number): number {
    const {strength} = this.#options;
    const last = (this.params.epochs as number) - 1;
    const value = typeof strength === 'function' ? strength(last > 0 ? epoch / last : 1) : strength;
    assertStrength(value);
    return value;
  }

  #loss(weights: Weight[]): Scalar {
    const costs = weights.map((weight) => {
      const cost: unknown = this.#options.penalty(mul(weight.value, weight.mask), weight);
      if (!(cost instanceof Tensor) || cost.size !== 1) {
        throw new Error(
          `sparsityLoss: penalty must return a scalar tensor, got ${describe(cost)}; ` +
            'a factory is to be called, as l1()',
        );
      }
      return cost as Scalar;
    });
    return mul(
      this.#strength,
      costs.reduce((sum, cost) => add(sum, cost), scalar(0)),
    );
  }
}

function assertStrength(strength: unknown): void {
  if (!(typeof strength === 'number' && strength >= 0 && strength < Number.POSITIVE_INFINITY)) {
    throw new Error(
      `sparsityLoss: strength must be a number from 0 or a schedule of such, got ${describe(strength)}`,
    );
  }
}

/**
 * A callback that adds to the training loss what the prunable weights cost: loss + strength · Σ penalty(weight ·
 * mask) over the weights. It draws weights towards 0, so that pruning them costs less; only a mask makes them 0.
 * The cost is there while fit runs; `val_loss`, like all of tfjs's, leaves it out.
 *
 * @throws on bad options at once; before the first batch if the model has nothing to prune.
 */
export function sparsityLoss(options: SparsityLossOptions): SparsityLoss {
  return new SparsityLoss(options);
}
