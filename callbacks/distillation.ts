import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Attached, attachDistillation} from '../src/distillation/attach';
import {assertDistillation, type DistillationOptions, distillationOptions} from '../src/distillation/options';
import {assertLayersModel} from '../src/model/assertLayersModel';
import {readNetwork} from '../src/model/network';
import {watchTrainSteps} from '../src/model/trainStep';
import {assertCount, assertOptions, wrong} from '../src/util/options';
import {type CopiedWeights, copyOf, weightsFromJson, weightsOf, weightsToJson} from './distillation/self';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {joinRun} from './shared/trainingRun';

/** Options for the callback `distillation`. */
export interface TeacherOptions extends DistillationOptions {
  /**
   * A model with the same inputs and outputs, which stays unchanged; or `'self'`, a copy of the model at the beginning of the
   * epoch `begin`.
   */
  teacher: LayersModel | 'self';
  /** The first epoch of the distillation, as fit numbers them; the first of the run by default. */
  begin?: number;
}

/** The state of `distillation` to resume from. JSON can hold it. */
export interface DistillationState {
  /** The weights of the copy that is the teacher with `teacher: 'self'`. */
  readonly copy?: readonly CopiedWeights<string>[];
}

/** The callback that `distillation` returns. */
export class Distillation extends TrainingCallback {
  readonly #options: TeacherOptions;
  #attached: Attached | undefined;
  #copy: LayersModel | undefined;
  #isActive = false;
  /** The epoch from which the teacher teaches in this run. */
  #begin: number | undefined;
  /** The weights of the model's copy, once there is one. */
  #weights: readonly CopiedWeights[] | undefined;
  #restored = false;
  #lastModel: LayersModel | undefined;

  constructor(options: TeacherOptions) {
    super('distillation');
    assertOptions('distillation', options, ['teacher', 'begin', ...distillationOptions]);
    const {teacher, begin} = options;
    if (teacher !== 'self') assertLayersModel('distillation', teacher);
    if (begin !== undefined) assertCount('distillation', 'begin', begin, 0);
    assertDistillation('distillation', options);
    this.#options = options;
    watchTrainSteps();
  }

  /** Returns the state to resume from in another process, after fit or between epochs. JSON can hold the state. */
  state(): DistillationState {
    return this.#weights === undefined ? {} : {copy: weightsToJson(this.#weights)};
  }

  /**
   * Resumes from a state. Call it before fit, and start fit at the `initialEpoch` that would have come next.
   *
   * @throws unless it is a state; before the first batch if it belongs to another model.
   */
  restore(state: DistillationState): void {
    const {copy} = Object(state) as DistillationState;
    if (typeof state !== 'object' || state === null || !(copy === undefined || Array.isArray(copy))) {
      throw wrong('distillation', 'state', 'a state of distillation()', state);
    }
    this.#weights = copy && weightsFromJson(copy);
    this.#restored = true;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('distillation', this);
    this.#isActive = false;
    this.#begin = undefined;
    joinRun(this.model).cleanups.push(() => this.#end());
    // Also with 'self', so that errors surface before the first batch.
    await this.#attach();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.#begin === undefined) this.#begin = this.#firstEpoch(epoch);
    if (epoch < this.#begin || this.#isActive) return;
    if (this.#options.teacher === 'self') {
      await this.#attach(this.#weights);
      this.#weights ??= await weightsOf(this.#copy as LayersModel);
    }
    this.#isActive = true;
  }

  override async onBatchEnd(): Promise<void> {
    if (this.#isActive) await this.#attached?.checked();
    await super.onBatchEnd();
  }

  /** The epoch at which to begin. @param epoch The first of the run. @throws if the copy of an earlier epoch is missing. */
  #firstEpoch(epoch: number): number {
    const {teacher, begin = epoch} = this.#options;
    const resumes = this.#restored || (this.model === this.#lastModel && epoch > 0);
    this.#restored = false;
    this.#lastModel = this.model;
    if (!resumes) this.#weights = undefined;
    if (this.#weights !== undefined) return epoch;
    if (teacher === 'self' && begin < epoch) {
      throw new Error(
        `distillation: the copy of epoch ${begin} is missing, as this run begins with epoch ${epoch}; restore(state) of the ` +
          'callback that made it, or leave begin out',
      );
    }
    return begin;
  }

  /** Attaches the teacher, after any other. @param weights Those of the copy; the model's by default. */
  async #attach(weights?: readonly CopiedWeights[]): Promise<void> {
    this.#end();
    const {teacher: given, begin: _, ...options} = this.#options;
    const isCopy = given === 'self';
    const teacher = isCopy ? await copyOf(readNetwork('distillation', this.model), weights) : given;
    if (isCopy) this.#copy = teacher;
    const term = {...options, teacher};
    this.#attached = attachDistillation('distillation', this.model, term, () => this.#isActive);
  }

  #end(): void {
    this.#attached?.end();
    this.#copy?.dispose();
    this.#attached = undefined;
    this.#copy = undefined;
  }
}

/**
 * A callback for fit and fitDataset that trains the model to match a teacher's outputs, which carry more than the targets do. The
 * teacher runs on the inputs of each batch, as in prediction. Class weights apply to the loss alone. The training loss in the
 * logs includes the distillation; validation, metrics and the losses by output do not.
 *
 * formula: (1 − share)·loss + share·distillation, where distillation is the sum over the outputs of T²·CE(softmax(t / T),
 * softmax(s / T)) for classes, with the logits t of the teacher, s of the model and the temperature T; the same with sigmoids
 * for labels; mean (s − t)² for values; plus strength · mean (s − t)² over the outputs of each pair of layers
 *
 * cost: a forward pass of the teacher per batch
 *
 * @returns the callback, with the state to resume from.
 * @throws on bad options; before the first batch unless the teacher has the inputs and outputs of the model and the layers exist;
 *   after the first batch, which changes no weight by it, if the teacher returns NaN.
 * @see Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, 2015; Romero et al.: FitNets, 2015, for `layers`;
 *   Ba, Caruana: Do Deep Nets Really Need to be Deep?, 2014, for values.
 * @example await model.fit(x, y, {epochs: 4, callbacks: [distillation({teacher, temperature: 4})]});
 * @function
 */
export const distillation = /* @__PURE__ */ callbackFactory(
  'distillation',
  (options: TeacherOptions): Distillation => new Distillation(options),
);
