import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {bitsOf} from '../src/model/bits';
import {resetSlots, setMask} from '../src/model/mask';
import {type Network, readPrunable} from '../src/model/network';
import type {Weight} from '../src/model/weight';
import {attachHook} from '../src/training/stepHooks';
import {needDenseGradients} from '../src/util/maskedCalls';
import {wrong} from '../src/util/options';
import {chooseTrained} from '../src/where';
import {closeGate, type Gate, type GateState, openGate, saveGate, stepGates} from './gates/gate';
import {type GatesOptions, type Learning, lastEpoch, parseGates} from './gates/options';
import {assertSameModel, signatureOf} from './shared/signature';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {joinRun} from './shared/trainingRun';
import {announcePruning, logSparsity} from './shared/updates';

/** The state of `gates` to resume from. JSON can hold it. */
export interface GatesState {
  /** The names and shapes of the model's weights. */
  readonly weights: readonly string[];
  /** The number of batches in which masks were learned. */
  readonly batches: number;
  /** The auxiliary parameters by weight name, in base64; empty before they start and once masks are final. */
  readonly gates: Readonly<Record<string, GateState>>;
}

/** The callback that `gates` returns. */
export class Gates extends TrainingCallback {
  readonly #learning: Learning;
  #end: number | undefined;
  #gates: Gate[] = [];
  #saved: Record<string, GateState> = {};
  #batches = 0;
  /** The batches that the saved state covers. */
  #savedBatches = 0;
  #strength = 0;
  #restored: readonly string[] | undefined;
  #lastModel: LayersModel | undefined;
  #close: () => void = () => {};

  constructor(options: GatesOptions) {
    super('gates');
    this.#learning = parseGates(options);
  }

  /**
   * Returns the state to resume from in another process. Save the model with its optimizer at the same time.
   *
   * @throws in the middle of an epoch in which masks are learned.
   */
  state(): GatesState {
    if (this.#batches !== this.#savedBatches) {
      throw new Error(
        'gates: state() would lose the changes of this epoch; call it when an epoch has ended, from a callback after ' +
          'gates(), or after fit',
      );
    }
    const weights = this.model ? signatureOf(readPrunable('gates', this.model)) : [];
    return {weights, batches: this.#batches, gates: this.#saved};
  }

  /** Resumes from a state. Call it before fit, and start fit at the `initialEpoch` that would have come next. */
  restore(state: GatesState): void {
    if (
      !Array.isArray(state?.weights) ||
      !Number.isInteger(state.batches) ||
      Object(state.gates) !== state.gates
    ) {
      throw wrong('gates', 'state', 'a state of gates()', state);
    }
    this.#restored = state.weights;
    this.#batches = state.batches;
    this.#savedBatches = state.batches;
    this.#saved = {...state.gates};
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('gates', this);
    const network = readPrunable('gates', this.model);
    this.#chosen(network);
    if (this.#restored !== undefined) assertSameModel(network, this.#restored);
    const end = lastEpoch(this.#learning, this.params.epochs as number);
    announcePruning(this.model);
    const run = joinRun(this.model);
    run.lastUpdates.push(() => ({unit: 'epoch', time: end}));
    run.cleanups.push(() => {
      this.#close();
      this.#batches = this.#savedBatches;
    });
    this.#end = end;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const {begin, strengthAt} = this.#learning;
    const end = this.#end as number;
    if (this.#lastModel !== this.model || epoch === 0) this.#start(epoch, end);
    if (epoch < begin || epoch > end) return;
    this.#strength = strengthAt(begin === end ? 1 : (epoch - begin) / (end - begin));
    if (this.#gates.length === 0) this.#open();
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const network = readPrunable('gates', this.model);
    if (this.#gates.length > 0) {
      await assertNumbers(network, this.#gates);
      if (epoch >= (this.#end as number)) await this.#finish();
      else await this.#save();
    }
    await logSparsity(network, logs);
  }

  /** Starts with a model, unless it goes on from a state. */
  #start(epoch: number, end: number): void {
    if (this.#restored === undefined) {
      if (epoch > end)
        throw new Error(`gates: nothing would be pruned, as end ${end} is before epoch ${epoch}`);
      this.#saved = {};
      this.#batches = 0;
      this.#savedBatches = 0;
    }
    this.#restored = undefined;
    this.#lastModel = this.model;
  }

  /** Gives the weights gates, and learns them in each step. */
  #open(): void {
    const weights = this.#chosen(readPrunable('gates', this.model));
    this.#gates = weights.map((weight) => openGate(weight, this.#saved[weight.name]));
    const {rate, slope} = this.#learning;
    const endDense = needDenseGradients(weights);
    const detach = attachHook('gates', this.model, 'dense', (gradients, step) => {
      this.#batches++;
      stepGates(this.#gates, gradients, step, {
        strength: this.#strength,
        rate,
        slope,
        count: this.#batches,
      });
    });
    this.#close = () => {
      detach();
      endDense();
      for (const gate of this.#gates) closeGate(gate);
      this.#gates = [];
      this.#close = () => {};
    };
  }

  async #save(): Promise<void> {
    const states = await Promise.all(this.#gates.map(saveGate));
    this.#saved = Object.fromEntries(this.#gates.map(({name}, i) => [name, states[i]]));
    this.#savedBatches = this.#batches;
  }

  /** Makes the masks final. */
  async #finish(): Promise<void> {
    const weights = this.#gates;
    const bits = await Promise.all(weights.map(({mask}) => bitsOf(mask)));
    this.#close();
    for (const [i, weight] of weights.entries()) setMask(weight, bits[i]);
    resetSlots(this.model, weights);
    this.#saved = {};
    this.#savedBatches = this.#batches;
  }

  #chosen(network: Network): Weight[] {
    return chooseTrained(network, 'pruned', this.#learning.where);
  }
}

async function assertNumbers({refuse}: Network, gates: readonly Gate[]): Promise<void> {
  const values = await Promise.all(gates.map(({gate}) => gate.data()));
  for (const [i, {name}] of gates.entries()) {
    const at = values[i].findIndex(Number.isNaN);
    if (at >= 0) throw refuse(`weight "${name}" has gate NaN at element ${at}; did the training diverge?`);
  }
}

/**
 * A callback for fit and fitDataset that learns the masks: each weight has an auxiliary parameter, its gate, and is pruned while that is not
 * positive. `strength` pulls all gates down in each step; the loss pulls a gate up as far as growing the weight's magnitude would lower it. So
 * the sparsity of each layer follows from the loss. A pruned weight keeps its value aside, and returns with it when its gate does. After
 * the epoch `end` the masks are final, and the remaining weights recover.
 *
 * formula: m ← m − rate · h′(m) · q / √E[q²], with q = sign(w) · ∂L/∂(w·h) + strength, for a gate m, its weight w and h = 1 if m > 0, else 0
 *
 * cost: gradients by all weights, and some ten passes over the weights per batch
 *
 * @returns the callback, with the state to resume from.
 * @throws on bad options; before the first batch if the model has nothing to prune, or the end is past the last epoch; after an epoch
 *   if a gate is NaN.
 * @see Xiao, Wang, Rajasekaran: AutoPrune: Automatic Network Pruning by Regularizing Auxiliary Parameters, 2019. Dividing pulls by their
 *   root mean square is ours: it makes one strength fit all layers.
 * @example await model.fit(x, y, {epochs: 4, callbacks: [gates({strength: 1e-3})]});
 * @function
 */
export const gates = /* @__PURE__ */ callbackFactory(
  'gates',
  (options: GatesOptions): Gates => new Gates(options),
);
