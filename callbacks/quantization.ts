import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Network, readPrunable} from '../src/model/network';
import {attachHook, updatedIn} from '../src/training/stepHooks';
import {wrong} from '../src/util/options';
import {choose} from '../src/where';
import {parseQuantization, type QuantizationOptions} from './quantization/options';
import {fromJson, type LatentState, Quantized, toJson} from './quantization/quantized';
import {assertSameModel, signatureOf} from './shared/signature';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {batchesIn, joinRun} from './shared/trainingRun';

/** The number of batches after which codebooks and scales are fitted again to the weights. */
const EVERY = 32;

/** The state of `quantization` to resume from. JSON can hold it. */
export interface QuantizationState {
  /** The names and shapes of the model's weights. */
  readonly weights: readonly string[];
  /** The unrounded values and the codebook of each quantized weight; none before `begin`. */
  readonly latent: readonly LatentState<string>[];
}

/** The same with values instead of text. */
interface Saved {
  readonly weights: readonly string[];
  readonly latent: readonly LatentState[];
}

/** The callback that `quantization` returns. */
export class Quantization extends TrainingCallback {
  readonly #options: ReturnType<typeof parseQuantization>;
  #quantized: Quantized[] = [];
  /** The state at the end of the latest epoch, which becomes text only if asked for; undefined within an epoch. */
  #saved: Saved | undefined = {weights: [], latent: []};
  /** Whether the next fit goes on from it. */
  #isRestored = false;
  #lastModel: LayersModel | undefined;
  /** The epoch from which weights are quantized, once it is planned. */
  #begin: number | undefined;
  #epoch = 0;
  #batch = 0;
  #detach: (() => void) | undefined;

  constructor(options: QuantizationOptions) {
    super('quantization');
    this.#options = parseQuantization(options);
  }

  /**
   * Returns the state to resume from in another process: the unrounded weights. Save the model with its optimizer at the same
   * time. JSON can hold the state.
   *
   * @throws in the middle of an epoch.
   */
  state(): QuantizationState {
    if (this.#saved === undefined) {
      throw new Error(
        'quantization: the state is complete at the end of an epoch; take it in onEpochEnd or after fit',
      );
    }
    const {weights, latent} = this.#saved;
    return {weights, latent: latent.map(toJson)};
  }

  /**
   * Resumes from a state. Call it before fit, with the model saved at the same time as the state, and start fit at the
   * `initialEpoch` that would have come next.
   *
   * @throws unless it is a state; before the first batch if it belongs to another model.
   */
  restore(state: QuantizationState): void {
    if (!Array.isArray(state?.weights) || !Array.isArray(state.latent)) {
      throw wrong('quantization', 'state', 'a state of quantization()', state);
    }
    this.#saved = {weights: state.weights, latent: state.latent.map(fromJson)};
    this.#isRestored = true;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('quantization', this);
    const network = readPrunable('quantization', this.model);
    if (this.#isRestored) assertSameModel(network, (this.#saved as Saved).weights);
    const weights = choose(network, this.#options.where);
    const {quantized: names} = joinRun(this.model);
    for (const weight of weights) {
      if (names.has(weight.name)) {
        throw network.refuse(
          `weight "${weight.name}" is quantized by another callback; select others with where`,
        );
      }
      names.add(weight.name);
    }
    this.#begin = undefined;
    this.#quantized = weights.map((weight) => new Quantized(weight, this.#options));
    for (const one of this.#quantized) await one.assertFinite(network.refuse);
    joinRun(this.model).cleanups.push(() => {
      this.#detach?.();
      this.#detach = undefined;
      for (const one of this.#quantized) one.dispose();
      this.#quantized = [];
    });
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#epoch = epoch;
    this.#batch = 0;
  }

  // By then all callbacks have begun the epoch, and those that prune know when they end.
  override async onBatchBegin(): Promise<void> {
    const network = readPrunable('quantization', this.model);
    this.#begin ??= this.#plan(network);
    if (this.#epoch < this.#begin) return;
    this.#saved = undefined;
    if (this.#batch % EVERY === 0 || this.#quantized.some(({isOutdated}) => isOutdated)) {
      for (const one of this.#quantized) await one.fit(network.refuse);
    }
    this.#detach ??= this.#attach();
  }

  override async onBatchEnd(): Promise<void> {
    this.#batch++;
    await super.onBatchEnd();
  }

  override async onEpochEnd(): Promise<void> {
    const network = readPrunable('quantization', this.model);
    const latent = this.#detach && (await Promise.all(this.#quantized.map((one) => one.state())));
    this.#saved = {weights: signatureOf(network), latent: latent ?? []};
  }

  /** Finds the first epoch with rounded weights, and the state from which they go on. */
  #plan(network: Network): number {
    const {epochs} = this.params as {epochs: number};
    const isSameModel = this.#lastModel === this.model && this.#epoch > 0;
    const latent = ((this.#isRestored || isSameModel) && this.#saved?.latent) || [];
    for (const one of this.#quantized) {
      one.before = latent.find(({name}) => name === one.weight.name);
    }
    this.#isRestored = false;
    this.#lastModel = this.model;
    const masksEnd = this.#lastUpdate(network);
    const {begin = Math.max(this.#epoch, masksEnd + 1)} = this.#options;
    if (begin <= masksEnd) {
      throw network.refuse(
        `begin ${begin} is before the masks are final, at the end of epoch ${masksEnd}; begin at ${masksEnd + 1} or later`,
      );
    }
    if (begin >= epochs) {
      throw network.refuse(
        `begin ${begin} is past the last epoch, ${epochs - 1}; begin earlier, or train for longer`,
      );
    }
    return begin;
  }

  /** The epoch in which the masks are updated last; −1 without updates. */
  #lastUpdate(network: Network): number {
    const {changesMasks, lastUpdates} = joinRun(this.model);
    if (changesMasks !== undefined) {
      throw network.refuse(
        `${changesMasks} may change the zeros until the end of this fit; quantize in a fit after it`,
      );
    }
    const batches = batchesIn(this.params);
    const epochs = lastUpdates.map((last) => {
      const {unit, time} = last(this.#epoch);
      if (unit === 'epoch') return time;
      if (batches === undefined) {
        throw network.refuse(
          'the number of batches is not known here; prune by epochs, and begin after them',
        );
      }
      return this.#epoch + Math.floor(time / batches);
    });
    return Math.max(-1, ...epochs);
  }

  /** Rounds the weights after each step, which the optimizer takes from their unrounded values. */
  #attach(): () => void {
    return attachHook('quantization', this.model, 'values', (gradients, step) => {
      const updated = updatedIn(this.#quantized, gradients);
      for (const one of updated) one.unround();
      try {
        step(gradients);
      } finally {
        for (const one of updated) one.update();
      }
    });
  }
}

/**
 * A callback that trains with rounded weights (quantization-aware training): layers compute with weights rounded to a
 * codebook or to multiples of a scale, and the optimizer moves the unrounded ones by the same gradients (straight-through). Masked
 * elements stay 0. Validation sees the rounded weights, and they are the model's weights after fit: `encode(model, {values:
 * {bits}})`, or `values: 'int8'` for a `granularity` of `'channel'` or `'tensor'`, writes exactly these.
 *
 * @returns the callback, with the state to resume from.
 * @throws on bad options; before the first batch if nothing is selected, if masks change later than `begin`, if `begin` is past
 *   the last epoch, or if a weight is not finite.
 * @see Han et al.: Deep Compression, 2016; Jacob et al.: Quantization and Training of Neural Networks for Efficient
 *   Integer-Arithmetic-Only Inference, 2018.
 * @example
 * await model.fit(x, y, {epochs: 2, callbacks: [quantization({bits: 4})]});
 * const file = await encode(model, {values: {bits: 4}});
 * @function
 */
export const quantization = /* @__PURE__ */ callbackFactory(
  'quantization',
  (options: QuantizationOptions): Quantization => new Quantization(options),
);
