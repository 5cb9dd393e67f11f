import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {assertData, type Batches, confusionOf, type Examples} from '../src/metric/evaluate';
import type {Metric} from '../src/metric/metric';
import {assertOptions} from '../src/options';
import {describe} from '../src/tfjs';
import {assertInstance, TrainingCallback, whenTrainingEnds} from './trainingCallback';

export interface EvaluationOptions {
  /** What to tell, as `[f1(), accuracy()]`. */
  metrics: readonly Metric[];
  /** What to tell it of: `[x, y]`, targets one-hot or class numbers, or a dataset of `{xs, ys}`. */
  data: Examples | Batches;
  /** Examples in a batch of `[x, y]`; 256 by default. It changes no figure. */
  batchSize?: number;
}

/** Those that write into the logs of a model in training. */
const attached = new WeakMap<LayersModel, Set<Evaluation>>();

/** The evaluations in the list of callbacks of a model in training. */
export function evaluationsOf(model: LayersModel): Evaluation[] {
  return [...(attached.get(model) ?? [])];
}

/** The callback that `evaluation` makes. */
export class Evaluation extends TrainingCallback {
  readonly #options: EvaluationOptions;
  readonly #written = new WeakSet<Logs>();

  constructor(options: EvaluationOptions) {
    super();
    assertOptions('evaluation', options, ['metrics', 'data', 'batchSize']);
    const {metrics, data, batchSize = 1} = options;
    const wrong = Array.isArray(metrics) ? metrics.find((metric) => !metric?.metricName) : metrics;
    if (!Array.isArray(metrics) || metrics.length === 0 || wrong !== undefined) {
      throw new Error(
        `evaluation: metrics must be a list as [f1(), accuracy()], got ${describe(wrong ?? metrics)}`,
      );
    }
    assertData('evaluation', data);
    if (!(Number.isInteger(batchSize) && batchSize > 0)) {
      throw new Error(`evaluation: batchSize must be a whole number from 1, got ${describe(batchSize)}`);
    }
    this.#options = options;
  }

  /** The names of what it writes into the logs. */
  get names(): string[] {
    return this.#options.metrics.map(({metricName}) => `val_${metricName}`);
  }

  /** The figures of the model as it is now. */
  async figures(): Promise<Record<string, number>> {
    const {metrics, data, batchSize = 256} = this.#options;
    const confusion = await confusionOf(this.model, data, batchSize);
    return Object.fromEntries(metrics.map((metric, i) => [this.names[i], metric(confusion)]));
  }

  /** Writes the figures into the logs of an epoch, unless they are there. */
  async write(logs: Logs): Promise<void> {
    if (this.#written.has(logs)) return;
    this.#written.add(logs);
    Object.assign(logs, await this.figures());
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('evaluation', this);
    const {model} = this;
    if (model.outputs.length > 1) {
      throw new Error(`evaluation: model "${model.name}" has ${model.outputs.length} outputs; it takes one`);
    }
    const evaluations = attached.get(model) ?? new Set();
    attached.set(model, evaluations.add(this));
    whenTrainingEnds(model, () => evaluations.delete(this));
  }

  override async onEpochEnd(_: number, logs: Logs = {}): Promise<void> {
    await this.write(logs);
  }
}

/**
 * A callback that tells at the end of each epoch how well the model does on some data, over all of it at once, and
 * writes it into the logs as `val_f1`, `val_accuracy` and so on. (tfjs averages the metrics of `compile` over batches,
 * which is wrong for F1, precision and recall.) A callback that goes by such a figure finds it wherever it stands in
 * the list.
 *
 * @throws on bad options at once; before the first batch if the model has several outputs.
 */
export function evaluation(options: EvaluationOptions): Evaluation {
  return new Evaluation(options);
}
