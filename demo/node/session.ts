import * as tf from '@tensorflow/tfjs';
import {distillation, quantization, sparsityLoss} from 'tfjs-pruning/callbacks';
import {networks} from '../networks';
import type {Examples} from './mnist';
import type {Options} from './options';
import {type Phase, Progress} from './progress';

const BATCH = 64;
/** The network of the teacher. */
const TEACHER = 'lenet5';

/** Gets the model that a fit runs on. */
class Watch extends tf.Callback {}

/** A fit of a recipe. */
export interface Fit {
  readonly callbacks: readonly (tf.Callback | tf.CustomCallback)[];
  /** The epoch after the last one, of all epochs of the recipe, and the first one; 0 by default. */
  readonly epochs: number;
  readonly initialEpoch?: number;
  /** The examples to train on; all by default. */
  readonly examples?: Examples;
  readonly validationData?: [tf.Tensor, tf.Tensor];
  /** For the progress: the phases, and the sparsity reached so far. */
  readonly phases: readonly Phase[];
  readonly sparsity?: () => number;
}

/** The fits of one run, with the callbacks that the options add to each, until the user interrupts them. */
export class Session {
  interrupted = false;
  /** The network, as its last fit trained it. */
  network: tf.LayersModel | undefined;
  #teacher: tf.LayersModel | undefined;
  #watch: Watch | undefined;
  readonly #progress = new Progress();

  constructor(
    readonly options: Options,
    readonly examples: Examples,
  ) {}

  /** Steps in an epoch on all examples, or on some. */
  readonly stepsPerEpoch = ({x}: Examples = this.examples): number => Math.ceil(x.shape[0] / BATCH);

  readonly interrupt = (): void => {
    this.interrupted = true;
    // fit of a Sequential runs on its inner model, which is the one that callbacks get.
    if (this.#watch?.model) this.#watch.model.stopTraining = true;
  };

  /** A network that is ready to train. */
  compiled(name: keyof typeof networks): tf.LayersModel {
    const {x, y} = this.examples;
    const model = networks[name](x.shape.slice(1), y.shape[1], this.options.seed);
    model.compile({
      optimizer: this.options.proximal ? tf.train.sgd(0.1) : tf.train.adam(0.002),
      loss: 'categoricalCrossentropy',
      metrics: ['accuracy'],
    });
    return model;
  }

  /** Trains the teacher, from which the network then learns. */
  async teach(): Promise<void> {
    const teacher = this.compiled(TEACHER);
    const {epochs} = this.options;
    await this.#fit(teacher, {epochs, callbacks: [], phases: [[0, `teacher (${TEACHER})`]]}, epochs);
    this.#teacher = teacher;
  }

  /** Trains with the callbacks of a recipe and those that the options ask for. */
  async train(model: tf.LayersModel, fit: Fit): Promise<void> {
    const {penalty, strength, proximal, quantize, epochs} = this.options;
    const callbacks = [
      ...(this.#teacher ? [distillation({teacher: this.#teacher})] : []),
      ...(penalty ? [sparsityLoss({penalty: penalty.part, strength, proximal})] : []),
      ...fit.callbacks,
      ...(quantize && fit.epochs === epochs ? [quantization({bits: quantize})] : []),
    ];
    this.network = model;
    await this.#fit(model, {...fit, callbacks});
  }

  async #fit(model: tf.LayersModel, fit: Fit, epochsAfter = 0): Promise<void> {
    if (this.interrupted) return;
    const {examples = this.examples, callbacks, sparsity = () => 0, phases, ...args} = fit;
    const {epochs} = this.options;
    const stepsPerEpoch = this.stepsPerEpoch(examples);
    this.#watch = new Watch();
    await model.fit(examples.x, examples.y, {
      ...args,
      batchSize: BATCH,
      // Already in an order that depends on the seed, unlike that of fit.
      shuffle: false,
      verbose: 0,
      callbacks: [
        this.#watch,
        ...callbacks,
        this.#progress.of({epochs, stepsPerEpoch, epochsAfter, phases, sparsity}),
      ] as tf.Callback[],
    });
  }
}
