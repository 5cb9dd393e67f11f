import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Mode} from '../src/evaluate/metric/mode';
import type {Tensors} from '../src/model/batches';
import {readPrunable} from '../src/model/network';
import {restoreSnapshot, takeSnapshot} from '../src/model/snapshot';
import {constant} from '../src/schedule';
import {table} from '../src/util/table';
import type {History, PrunedBy, Train} from './autoPrune/narrow';
import {
  type AutoPruneData,
  type AutoPruneOptions,
  assertAutoPruneData,
  type Candidate,
  monitoredIn,
  parseAutoPrune,
} from './autoPrune/options';
import {iterativePruning} from './iterativePruning';
import {budget} from './iterativePruning/budget';
import type {Round} from './iterativePruning/state';
import {pruning} from './pruning';

export type {AutoPruneData, AutoPruneOptions, Candidate} from './autoPrune/options';

interface Trial {
  readonly name: string;
  /** The monitored metric; NaN if the trial failed. */
  readonly metric: number;
  readonly error?: string;
}

/** The trials, and the rounds of the best recipe. */
export interface AutoPruned {
  /** The pruned model: the given one, or a smaller one if the best recipe prunes channels first. */
  readonly model: LayersModel;
  /** Each candidate with the metric at equal sparsity, or the error of its trial. */
  readonly tried: readonly Trial[];
  /** The name of the best candidate. */
  readonly best: string;
  /** The rounds of the loop that pruned with it. */
  readonly rounds: readonly Round[];
  /** The history of its fit. */
  readonly history: History;
  /** The trials as a table. */
  toString(): string;
}

/**
 * Tries some recipes briefly, chooses the one with the best metric at equal sparsity, and prunes with it as far as the budget
 * allows, in the loop of `iterativePruning`. A candidate with `channels` loses a share of its channels first; it is tried for an
 * epoch more, and returned as a smaller model, while the given one has the channels masked.
 *
 * @returns the pruned model, the trials, the best of them, and the rounds of its loop.
 * @throws on bad options, if the model is not compiled or the logs do not have the monitored metric, or if all trials fail;
 *   the model is unchanged then.
 * @example
 * const data = {x, y, validationData: [x, y]};
 * const {model: best, tried} = await autoPrune(model, data, {fit: {epochs: 8}, until: {sparsity: 0.8}});
 */
export async function autoPrune(
  model: LayersModel,
  data: AutoPruneData,
  options: AutoPruneOptions = {},
): Promise<AutoPruned> {
  readPrunable('autoPrune', model);
  const {candidates, trial, fit, loop} = parseAutoPrune(options);
  assertAutoPruneData(data);
  const {x, y} = data;
  const validationData: [Tensors, Tensors] = [...data.validationData];
  const {monitor, mode} = monitoredIn(model, options);
  const run: Train = async (trained, callback, epochs, initialEpoch = 0) => {
    const args = {verbose: 0 as const, ...fit, epochs, initialEpoch, callbacks: [callback]};
    return (await trained.fit(x, y, {...args, validationData})).history;
  };
  // Loaded for candidates that need it.
  const narrow = async () => import('./autoPrune/narrow');
  const attempt = async ({channels, ...recipe}: Candidate): Promise<History> => {
    if (channels !== undefined) return (await narrow()).tryNarrow(model, {...recipe, channels}, trial, run);
    const schedule = constant(trial.sparsity);
    return run(model, pruning({...recipe, schedule, begin: 0, end: 0}), 1 + trial.epochs);
  };
  const finish = async ({channels, ...recipe}: Candidate): Promise<PrunedBy> => {
    const [settings, epochs] = [{...loop, monitor, mode}, fit.epochs ?? 20];
    if (channels !== undefined) {
      return (await narrow()).pruneNarrow(model, {...recipe, channels}, settings, epochs, run);
    }
    const pruner = iterativePruning({...recipe, ...settings});
    const history = await run(model, pruner, epochs);
    return {model, rounds: pruner.rounds, history};
  };

  const before = await takeSnapshot(model);
  const tried: Trial[] = [];
  for (const [name, candidate] of Object.entries(candidates)) {
    try {
      const history = await attempt(candidate);
      tried.push({name, metric: history[monitor].at(-1) as number});
    } catch (error) {
      tried.push({name, metric: Number.NaN, error: (error as Error).message});
    } finally {
      restoreSnapshot(model, before);
    }
  }
  const best = bestOf(tried, mode);
  return {
    tried,
    best,
    ...(await finish(candidates[best])),
    toString: () =>
      table([
        ['', `${monitor} at ${trial.sparsity}`],
        ...tried.map(({name, metric, error}) => [name, error ?? metric.toFixed(4)]),
      ]),
  };
}

/** The name of the best trial. @throws if all failed. */
function bestOf(tried: readonly Trial[], mode: Mode): string {
  const {isBetter} = budget(mode, 0, undefined);
  const succeeded = tried.filter(({metric}) => !Number.isNaN(metric));
  if (succeeded.length === 0) {
    throw new Error(
      `autoPrune: no candidate could be tried: ${tried.map(({name, error}) => `${name}: ${error}`)}`,
    );
  }
  return succeeded.reduce((one, other) => (isBetter(other.metric, one.metric) ? other : one)).name;
}
