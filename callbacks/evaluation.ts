import type {Logs} from '@tensorflow/tfjs-layers';
import {assertEvaluationData, type Batches} from '../src/evaluate/metric/data';
import {compiledFigures, confusionOf} from '../src/evaluate/metric/evaluate';
import type {Confusion} from '../src/evaluate/metric/metric';
import type {Examples} from '../src/model/batches';
import {assertCount, assertOptions} from '../src/util/options';
import {assertMetrics, type Figure, figuresOf, type Metrics} from './shared/figures';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {type Evaluator, joinRun} from './shared/trainingRun';

/** Options for `evaluation`. */
export interface EvaluationOptions {
  /**
   * The metrics to evaluate: library metrics, and names of the compiled loss and metrics, such as `[f1(), 'mae']`; by
   * default all compiled ones. For several outputs library metrics are given per output, as `{segments: [f1()]}`.
   */
  metrics?: Metrics;
  /**
   * The data to evaluate on: `[x, y]`, each a tensor or a list with one for each input or output, or a dataset of `{xs, ys}`.
   * Library metrics take targets that are one-hot or class numbers.
   */
  data: Examples | Batches;
  /** Examples per batch of `[x, y]`; 256 by default. It does not change library metrics. */
  batchSize?: number;
}

/** The callback that `evaluation` returns. */
export class Evaluation extends TrainingCallback implements Evaluator {
  readonly #data: Examples | Batches;
  readonly #batchSize: number;
  readonly #metrics: Metrics | undefined;
  readonly #written = new WeakSet<Logs>();
  #figures: Figure[] = [];

  constructor(options: EvaluationOptions) {
    super('evaluation');
    assertOptions('evaluation', options, ['metrics', 'data', 'batchSize']);
    const {metrics, data, batchSize = 256} = options;
    assertMetrics(metrics);
    assertEvaluationData('evaluation', data);
    assertCount('evaluation', 'batchSize', batchSize);
    this.#data = data;
    this.#batchSize = batchSize;
    this.#metrics = metrics;
  }

  /** The names of its figures in the logs. */
  get names(): string[] {
    return this.#figures.map(({name}) => name);
  }

  /** Evaluates the model now. */
  async figures(): Promise<Record<string, number>> {
    const [data, batchSize] = [this.#data, this.#batchSize];
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

  /** Writes the figures into an epoch's logs, unless they are there. */
  async write(logs: Logs): Promise<void> {
    if (this.#written.has(logs)) return;
    this.#written.add(logs);
    Object.assign(logs, await this.figures());
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('evaluation', this);
    this.#figures = figuresOf(this.model, this.#metrics);
    this.#assertNotLogged();
    joinRun(this.model).evaluators.add(this);
  }

  override async onEpochEnd(_: number, logs: Logs = {}): Promise<void> {
    await this.write(logs);
  }

  #assertNotLogged(): void {
    const {metrics = []} = this.params as {metrics?: unknown};
    const twice = this.names.find((name) => (metrics as string[]).includes(name));
    if (twice !== undefined) {
      throw new Error(
        `evaluation: fit itself logs "${twice}", of its validation data; leave it out of one of them`,
      );
    }
  }
}

/**
 * A callback that evaluates the model on some data at the end of each epoch, and writes the figures into the logs, as
 * `val_f1`, `val_mae`, or `val_segments_f1` for several outputs. Library metrics are computed over all data; tfjs averages
 * compiled metrics over batches, which is wrong for F1, precision and recall. A callback that monitors such a figure finds
 * it wherever it stands in the list.
 *
 * @returns the callback.
 * @throws on bad options; before the first batch if the model does not have an output or a metric, or if fit logs a figure of
 *   the same name.
 * @example await model.fit(x, y, {epochs: 2, callbacks: [evaluation({data: [x, y], metrics: [f1()]})]});
 * @function
 */
export const evaluation = /* @__PURE__ */ callbackFactory(
  'evaluation',
  (options: EvaluationOptions): Evaluation => new Evaluation(options),
);
