import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {
  assertData,
  type Batches,
  compiledFigures,
  confusionOf,
  type Examples,
} from '../src/evaluate/metric/evaluate';
import type {Confusion} from '../src/evaluate/metric/metric';
import {describe} from '../src/util/describe';
import {assertOptions} from '../src/util/options';
import {assertMetrics, type Figure, figuresOf, type Metrics} from './shared/figures';
import {assertInstance, callbackFactory, TrainingCallback, whenTrainingEnds} from './shared/trainingCallback';

export interface EvaluationOptions {
  /**
   * What to measure, as `[f1(), 'mae']`: metrics of the library, and the loss and metrics that the model is compiled with by
   * their names; by default all of the latter. For several outputs metrics of the library are given by output, as
   * `{segments: [f1()]}`.
   */
  metrics?: Metrics;
  /**
   * The data to measure on: `[x, y]`, each a tensor or a list of one for each input or output, or a dataset of `{xs, ys}`.
   * Metrics of the library take targets that are one-hot or class numbers.
   */
  data: Examples | Batches;
  /** Examples in a batch of `[x, y]`; 256 by default. It changes no figure of the library. */
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
  #figures: Figure[] = [];

  constructor(options: EvaluationOptions) {
    super('evaluation');
    assertOptions('evaluation', options, ['metrics', 'data', 'batchSize']);
    const {metrics, data, batchSize = 1} = options;
    assertMetrics(metrics);
    assertData('evaluation', data);
    if (!(Number.isInteger(batchSize) && batchSize > 0)) {
      throw new Error(`evaluation: batchSize must be a whole number from 1, got ${describe(batchSize)}`);
    }
    this.#options = options;
  }

  /** The names under which it writes into the logs. */
  get names(): string[] {
    return this.#figures.map(({name}) => name);
  }

  /** The figures of the model at the moment. */
  async figures(): Promise<Record<string, number>> {
    const {data, batchSize = 256} = this.#options;
    const confusions = new Map<number, Confusion>();
    let compiled: Record<string, number> | undefined;
    const figures: Record<string, number> = {};
    for (const figure of this.#figures) {
      if ('compiled' in figure) {
        compiled ??= await compiledFigures('evaluation', this.model, data, batchSize);
        figures[figure.name] = compiled[figure.compiled];
      } else {
        const {metric, output} = figure;
        const confusion =
          confusions.get(output) ?? (await confusionOf('evaluation', this.model, data, batchSize, output));
        confusions.set(output, confusion);
        figures[figure.name] = metric(confusion);
      }
    }
    return figures;
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
    this.#figures = figuresOf(model, this.#options.metrics);
    const {metrics = []} = this.params as {metrics?: unknown};
    const twice = this.names.find((name) => (metrics as string[]).includes(name));
    if (twice !== undefined) {
      throw new Error(
        `evaluation: fit itself logs "${twice}", of its validation data; leave it out of one of them`,
      );
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
 * A callback that measures the model on some data at the end of each epoch, and writes the figures into the logs, as
 * `val_f1`, `val_mae`, of several outputs `val_segments_f1`. Metrics of the library are computed over all of the data; tfjs
 * averages those of `compile` over batches, which is wrong for F1, precision and recall. A callback that monitors such a
 * figure finds it wherever it stands in the list.
 *
 * @throws on bad options at once; before the first batch if the model does not have an output or a metric, or fit logs a
 *   figure of the same name.
 */
export const evaluation = /* @__PURE__ */ callbackFactory(
  'evaluation',
  (options: EvaluationOptions): Evaluation => new Evaluation(options),
);
