import type {Logs} from '@tensorflow/tfjs-layers';
import {readPrunable} from '../src/model/network';
import type {Pruned} from '../src/pruned';
import {report} from '../src/report';
import {describe} from '../src/util/describe';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {expectsUpdates, latestUpdate} from './shared/updates';

/** What scalars are written by, as `tf.node.summaryFileWriter('logs')` of tfjs-node. */
export interface SummaryWriter {
  scalar(name: string, value: number, step: number): void;
  flush(): void;
}

/** The callback that `pruningSummaries` makes. */
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
    this.#isFirst = !expectsUpdates(this.model);
    this.#written = undefined;
  }

  override async onEpochBegin(): Promise<void> {
    if (this.#isFirst && expectsUpdates(this.model)) {
      throw new Error(
        'pruningSummaries: it comes before the callback that prunes, and so would tell what was; put it last in the list',
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
    const update = latestUpdate(this.model);
    if (update !== this.#written) {
      for (const {name, threshold} of update?.weights ?? []) scalar(`threshold/${name}`, threshold);
    }
    this.#written = update;
    scalar('accepted', logs.accepted);
    this.#writer.flush();
  }
}

/**
 * A callback that writes for TensorBoard how pruning goes, a step an epoch: `sparsity` of all weights, and
 * `sparsity/<weight>` of each; where masks were updated `threshold/<weight>`, the highest score of what was pruned last;
 * beside `iterativePruning` also `accepted`, 1 where a cut was. It belongs after the callback that prunes.
 *
 * @param writer What writes scalars, as `tf.node.summaryFileWriter('logs')` of tfjs-node, or an object of your own.
 * @throws if it is no such thing; before the first batch if a callback that prunes comes after it, or there is nothing
 *   to prune.
 */
export const pruningSummaries = /* @__PURE__ */ callbackFactory(
  'pruningSummaries',
  (writer: SummaryWriter): PruningSummaries => new PruningSummaries(writer),
);
