import type {Logs} from '@tensorflow/tfjs-layers';
import {readPrunable} from '../src/model/network';
import type {Pruned} from '../src/pruned';
import {report} from '../src/report';
import {describe} from '../src/util/describe';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {joinRun} from './shared/trainingRun';

/** Writes scalars, such as `tf.node.summaryFileWriter('logs')` of tfjs-node. */
export interface SummaryWriter {
  /** Writes a number under a name, for a step. */
  scalar(name: string, value: number, step: number): void;
  /** Writes all that is buffered. */
  flush(): void;
}

/** The callback that `pruningSummaries` returns. */
export class PruningSummaries extends TrainingCallback {
  readonly #writer: SummaryWriter;
  #isFirst = false;
  #written: Pruned | undefined;

  constructor(writer: SummaryWriter) {
    super('pruningSummaries');
    if (typeof writer?.scalar !== 'function' || typeof writer.flush !== 'function') {
      throw new Error(
        'pruningSummaries: the writer must have scalar(name, value, step) and flush(), as ' +
          `tf.node.summaryFileWriter('logs'), got ${describe(writer)}`,
      );
    }
    this.#writer = writer;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('pruningSummaries', this);
    readPrunable('pruningSummaries', this.model);
    this.#isFirst = !joinRun(this.model).prunes;
    this.#written = undefined;
  }

  override async onEpochBegin(): Promise<void> {
    if (this.#isFirst && joinRun(this.model).prunes) {
      throw new Error(
        'pruningSummaries: it comes before the callback that prunes, so its summaries would be outdated; put it last in the list',
      );
    }
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const scalar = (name: string, value: unknown) => {
      if (typeof value === 'number') this.#writer.scalar(name, value, epoch);
    };
    const {weights, total} = report(this.model);
    scalar('sparsity', total.sparsity);
    for (const {name, sparsity} of weights) scalar(`sparsity/${name}`, sparsity);
    const {latest} = joinRun(this.model);
    if (latest !== this.#written) {
      for (const {name, threshold} of latest?.weights ?? []) scalar(`threshold/${name}`, threshold);
    }
    this.#written = latest;
    scalar('accepted', logs.accepted);
    this.#writer.flush();
  }
}

/**
 * A callback that writes summaries for TensorBoard, with a step per epoch: `sparsity` of all weights and `sparsity/<weight>` of
 * each; after an update `threshold/<weight>`, the highest pruned score; with `iterativePruning` also `accepted`, 1 if a cut was
 * accepted. Put it after the callback that prunes.
 *
 * @param writer Writes scalars, such as `tf.node.summaryFileWriter('logs')` of tfjs-node, or a custom object.
 * @returns the callback.
 * @throws if it is no writer; before the first batch if a callback that prunes comes after it, or if there is nothing to
 *   prune.
 * @example
 * const summaries = pruningSummaries(writer);
 * await model.fit(x, y, {epochs: 4, callbacks: [pruning({schedule: polynomial({to: 0.9})}), summaries]});
 * @function
 */
export const pruningSummaries = /* @__PURE__ */ callbackFactory(
  'pruningSummaries',
  (writer: SummaryWriter): PruningSummaries => new PruningSummaries(writer),
);
