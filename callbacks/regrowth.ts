import {logicalAnd, tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {scoresOf} from '../src/importance/score';
import {bitsOf} from '../src/model/bits';
import {resetSlots, resetStored, setMask} from '../src/model/mask';
import {maskedIn, type Network, readPrunable} from '../src/model/network';
import {queued} from '../src/model/queue';
import type {Weight} from '../src/model/weight';
import {numberingOf} from '../src/pattern/pattern';
import {weightsFor} from '../src/recipe';
import {collect} from '../src/statistics/collect';
import type {Collection} from '../src/statistics/statistic';
import {attachHook} from '../src/training/stepHooks';
import {stepMasked} from '../src/training/stepMasked';
import {needDenseGradients} from '../src/util/maskedCalls';
import {wrong} from '../src/util/options';
import {chooseTrained} from '../src/where';
import {exchanged} from './regrowth/exchange';
import {type Growth, parseRegrowth, planRegrowth, type RegrowthOptions} from './regrowth/options';
import {assertSameModel, signatureOf} from './shared/signature';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {batchesIn, joinRun} from './shared/trainingRun';
import {logSparsity} from './shared/updates';

/** An update of the masks. */
export interface Regrown {
  /** The batch after which it happened. */
  readonly batch: number;
  /** The share of the remaining units that it was to replace. */
  readonly share: number;
  /** The number of units that were pruned before and are not now, in all weights. */
  readonly grown: number;
}

/** The state of `regrowth` to resume from. JSON can hold it. */
export interface RegrowthState {
  /** The names and shapes of the model's weights. */
  readonly weights: readonly string[];
  /** The number of batches that the callback has seen. */
  readonly batches: number;
}

/** How many results are kept. */
const LATEST = 1000;

/** The callback that `regrowth` returns. */
export class Regrowth extends TrainingCallback {
  /** Each update, in order; the latest 1,000. */
  readonly results: Regrown[] = [];
  readonly #growth: Growth;
  #plan: ReadonlyMap<number, number> | undefined;
  #batches = 0;
  #restored: readonly string[] | undefined;
  #collection: Collection | undefined;
  /** Ends the search for candidates in this batch. */
  #endSearch: (() => void) | undefined;

  constructor(options: RegrowthOptions) {
    super('regrowth');
    this.#growth = parseRegrowth(options);
  }

  /** Returns the state to resume from in another process. Save the model with its optimizer at the same time. */
  state(): RegrowthState {
    const weights = this.model ? signatureOf(readPrunable('regrowth', this.model)) : [];
    return {weights, batches: this.#batches};
  }

  /** Resumes from a state. Call it before fit, and start fit at the `initialEpoch` that would have come next. */
  restore(state: RegrowthState): void {
    if (!Array.isArray(state?.weights) || !Number.isInteger(state.batches)) {
      throw wrong('regrowth', 'state', 'a state of regrowth()', state);
    }
    this.#batches = state.batches;
    this.#restored = state.weights;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('regrowth', this);
    const network = readPrunable('regrowth', this.model);
    if (this.#restored !== undefined) assertSameModel(network, this.#restored);
    this.#restored = undefined;
    this.#plan = undefined;
    const weights = this.#chosen(network);
    for (const weight of weights) numberingOf('regrowth', this.#growth.pattern, weight);
    const {needs = []} = this.#growth.by;
    const collection = collect(network, weights, needs, {training: true});
    collection.active = false;
    this.#collection = collection;
    const detach = attachHook('regrowth', this.model, 'dense', (gradients, step) => {
      if (this.#endSearch === undefined) return step(gradients);
      collection.take(gradients);
      stepMasked(weights, gradients, step);
    });
    const run = joinRun(this.model);
    run.changesMasks = 'regrowth';
    run.cleanups.push(() => {
      this.#stopSearch();
      detach();
      collection.stop();
      this.#collection = undefined;
    });
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.#plan !== undefined) return;
    const perEpoch = batchesIn(this.params);
    const rest = perEpoch && perEpoch * ((this.params.epochs as number) - epoch);
    this.#plan = planRegrowth(this.#growth, rest && this.#batches + rest);
    await this.#assertPruned();
  }

  override async onBatchBegin(): Promise<void> {
    if (!this.#plan?.get(this.#batches)) return;
    const {by} = this.#growth;
    const collection = this.#collection as Collection;
    collection.active = true;
    const isDense = by.needs?.some(({source}) => source === 'gradients');
    const weights = isDense ? this.#chosen(readPrunable('regrowth', this.model)) : [];
    this.#endSearch = needDenseGradients(weights);
  }

  override async onBatchEnd(): Promise<void> {
    const share = this.#plan?.get(this.#batches);
    if (this.#endSearch !== undefined && share) {
      this.#stopSearch();
      const grown = await queued(this.model, () => this.#update(share));
      this.results.push({batch: this.#batches, share, grown});
      if (this.results.length > LATEST) this.results.shift();
    }
    this.#batches++;
    await super.onBatchEnd();
  }

  override async onEpochEnd(_: number, logs: Logs = {}): Promise<void> {
    const network = readPrunable('regrowth', this.model);
    resetStored(maskedIn(network));
    await logSparsity(network, logs);
  }

  /** Exchanges units in each weight. @returns The number of units that grew. */
  async #update(share: number): Promise<number> {
    const {by, pattern, where} = this.#growth;
    const network = readPrunable('regrowth', this.model);
    const collection = this.#collection as Collection;
    const statistics = await collection.results();
    collection.reset();
    const names = new Set(this.#chosen(network).map(({name}) => name));
    const {scored} = weightsFor(network, {importance: by, pattern, where, statistics});
    const weights = scored
      .filter(({name}) => names.has(name))
      .map((weight) => ({...weight, draw: this.#batches}));
    const growth = await scoresOf(network, weights, by);
    let total = 0;
    const changes = await Promise.all(
      weights.map(async (weight, i) => {
        assertFinite(network, weight, growth[i]);
        const [mask, values] = await Promise.all([bitsOf(weight.mask), weight.value.data<'float32'>()]);
        const numbering = numberingOf('regrowth', pattern, weight);
        const {pool} = pattern;
        const {bits, grown} = exchanged({mask, numbering, values, growth: growth[i], pool}, share);
        total += grown;
        return {weight, mask, bits};
      }),
    );
    for (const {weight, mask, bits} of changes.filter((one) => one.bits !== one.mask)) {
      setMask(weight, bits);
      startAfresh(this.model, weight, mask);
    }
    return total;
  }

  #chosen(network: Network): Weight[] {
    const {where, pattern} = this.#growth;
    return chooseTrained(network, 'grown', where, pattern);
  }

  async #assertPruned(): Promise<void> {
    const network = readPrunable('regrowth', this.model);
    const masks = await Promise.all(this.#chosen(network).map(({mask}) => bitsOf(mask)));
    if (joinRun(this.model).prunes || masks.some((bits) => bits.includes(0))) return;
    throw network.refuse(
      'no weight is pruned, so there is nothing to exchange; first call ' +
        'prune(model, 0.9, {importance: random(), allocation: erdosRenyi()})',
    );
  }

  #stopSearch(): void {
    this.#endSearch?.();
    this.#endSearch = undefined;
    if (this.#collection) this.#collection.active = false;
  }
}

/** Resets the slots of all elements that were pruned before or are now. */
function startAfresh(model: LayersModel, weight: Weight, before: Uint8Array): void {
  tidy(() => {
    const {mask} = weight;
    const stayed = logicalAnd(mask, tensor(before, mask.shape, 'bool'));
    resetSlots(model, [{value: weight.value, mask: stayed as typeof mask}]);
  });
}

function assertFinite(network: Network, {name}: Weight, scores: Float32Array): void {
  const at = scores.findIndex((score) => !Number.isFinite(score));
  if (at >= 0) {
    throw network.refuse(
      `weight "${name}" has score ${scores[at]} at element ${at}; did the training diverge?`,
    );
  }
}

/**
 * A callback for fit and fitDataset that trains a pruned model from scratch at a constant number of remaining weights: every so many batches
 * it drops the smallest remaining weights of each kernel, and grows as many of the pruned ones, at 0 and with fresh optimizer slots.
 * The first mask divides the model's weights among the kernels, as `prune(model, 0.98, {importance: random(), allocation: erdosRenyi()})`
 * on the untrained model. Steps are sparse with `enableTraining()`, but in the batches that look for candidates by gradients.
 *
 * Use it where the dense model is too large to train. From a trained dense model `pruning` reaches higher accuracy.
 *
 * @returns the callback, with the state to resume from.
 * @throws on bad options; before the first batch if the model is not pruned, or if there would be no update.
 * @see Evci, Gale, Menick, Castro, Elsen: Rigging the Lottery, 2020, for `gradient()`; Mocanu et al.: Scalable Training of
 *   Artificial Neural Networks with Adaptive Sparse Connectivity, 2018, for `random()`.
 * @example
 * await prune(model, 0.9, {importance: random(), allocation: erdosRenyi()});
 * await model.fit(x, y, {epochs: 8, callbacks: [regrowth({by: gradient(), every: 2})]});
 * @function
 */
export const regrowth = /* @__PURE__ */ callbackFactory(
  'regrowth',
  (options: RegrowthOptions): Regrowth => new Regrowth(options),
);
