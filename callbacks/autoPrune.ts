import type {Tensor} from '@tensorflow/tfjs-core';
import type {Callback, LayersModel, ModelFitArgs} from '@tensorflow/tfjs-layers';
import {global} from '../src/allocation/global';
import {compiledNames, hasTensors} from '../src/evaluate/metric/evaluate';
import type {Mode} from '../src/evaluate/metric/mode';
import {magnitude} from '../src/importance/magnitude';
import {movement} from '../src/importance/movement';
import {taylor} from '../src/importance/taylor';
import {readPrunable} from '../src/model/network';
import {restoreSnapshot, takeSnapshot} from '../src/model/snapshot';
import {assertRecipe, type Recipe} from '../src/recipe';
import {constant} from '../src/schedule';
import {describe} from '../src/util/describe';
import {assertCount, assertNumber, assertOptions, assertTensors, isRecord, wrong} from '../src/util/options';
import {table} from '../src/util/table';
import {iterativePruning} from './iterativePruning';
import {budget} from './iterativePruning/budget';
import {monitored} from './iterativePruning/monitor';
import {parseLoop} from './iterativePruning/options';
import type {Round} from './iterativePruning/state';
import {pruning} from './pruning';

type Tensors = Tensor | Tensor[];

export interface AutoPruneData {
  x: Tensors;
  y: Tensors;
  /** What decides; not the test data. */
  validationData: [Tensors, Tensors];
}

export interface AutoPruneOptions {
  /** The recipes to try, by name; by default magnitude, taylor and movement, each with `global()`. */
  candidates?: Readonly<Record<string, Recipe>>;
  /** How each is tried: pruned to a sparsity, 0.8 by default, after one epoch, and trained for `epochs`, 1 by default. */
  trial?: {sparsity?: number; epochs?: number};
  /** What the pruned model may lose of the monitored metric; 0.01 by default. */
  maxDrop?: number;
  /** A name in the logs; by default as in `iterativePruning`. */
  monitor?: string;
  /** Whether it is better large or small; by default by its name. */
  mode?: Mode;
  /** Epochs of the loop, 20 by default, and what else fit takes. */
  fit?: Pick<ModelFitArgs, 'epochs' | 'batchSize' | 'shuffle' | 'verbose'>;
  /** Where the loop stops, and by which steps it goes, as in `iterativePruning`. */
  until?: {sparsity?: number; metric?: number};
  step?: number;
}

/** All that was tried, and what came of the best. */
export interface AutoPruned {
  /** Each candidate with the metric at equal sparsity, or why it could not be tried. */
  readonly tried: readonly {readonly name: string; readonly metric: number; readonly error?: string}[];
  readonly best: string;
  readonly rounds: readonly Round[];
  readonly history: Readonly<Record<string, readonly (number | Tensor)[]>>;
  /** The trials as a table. */
  toString(): string;
}

/**
 * Tries some recipes briefly, keeps the one that does best at equal sparsity, and with it prunes as far as the budget
 * allows, in the loop of `iterativePruning`. The model ends as that leaves it.
 *
 * @throws on bad options, if the model is not compiled or the logs will not have the monitored figure, or where no candidate
 *   could be tried, leaving the model as it was.
 */
export async function autoPrune(
  model: LayersModel,
  data: AutoPruneData,
  options: AutoPruneOptions = {},
): Promise<AutoPruned> {
  readPrunable('autoPrune', model);
  assertOptions('autoPrune', options, [
    'candidates',
    'trial',
    'maxDrop',
    'monitor',
    'mode',
    'fit',
    'until',
    'step',
  ]);
  const {candidates = usual(), trial = {}, maxDrop, fit = {}, until, step} = options;
  assertOptions('autoPrune: trial', trial, ['sparsity', 'epochs']);
  const {sparsity = 0.8, epochs = 1} = trial;
  assertNumber('autoPrune', 'trial.sparsity', sparsity, 'in [0, 1)', (value) => value >= 0 && value < 1);
  assertCount('autoPrune', 'trial.epochs', epochs);
  assertOptions('autoPrune: fit', fit, ['epochs', 'batchSize', 'shuffle', 'verbose']);
  parseLoop('autoPrune', {maxDrop, monitor: options.monitor, mode: options.mode, until, step});
  assertAutoPruneData(data);
  const {x, y, validationData} = data;
  if (!isRecord(candidates)) throw wrong('autoPrune', 'candidates', 'recipes by name', candidates);
  if (Object.keys(candidates).length === 0) throw new Error('autoPrune: there are no candidates to try');
  const known = compiledNames('autoPrune', model).flatMap((name) => [name, `val_${name}`]);
  const {monitor, mode} = monitored('autoPrune', options, known, model.outputs.length);
  for (const [name, recipe] of Object.entries(candidates))
    assertRecipe(`autoPrune: candidate ${name}`, recipe);
  const run = (callback: Callback, count: number) =>
    model.fit(x, y, {verbose: 0, ...fit, epochs: count, validationData, callbacks: [callback]});

  const before = await takeSnapshot(model);
  const tried: {name: string; metric: number; error?: string}[] = [];
  for (const [name, recipe] of Object.entries(candidates)) {
    try {
      const pruner = pruning({...recipe, schedule: constant(sparsity), begin: 0, end: 0});
      const {history} = await run(pruner, 1 + epochs);
      const [metric] = history[monitor].slice(-1);
      tried.push({name, metric: metric as number});
    } catch (error) {
      tried.push({name, metric: Number.NaN, error: (error as Error).message});
    } finally {
      restoreSnapshot(model, before);
    }
  }
  const {isBetter} = budget(mode, 0, undefined);
  const able = tried.filter(({metric}) => !Number.isNaN(metric));
  if (able.length === 0) {
    throw new Error(
      `autoPrune: no candidate could be tried: ${tried.map(({name, error}) => `${name}: ${error}`)}`,
    );
  }
  const {name: best} = able.reduce((one, other) => (isBetter(other.metric, one.metric) ? other : one));

  const loop = iterativePruning({...candidates[best], monitor, mode, maxDrop, until, step});
  const {history} = await run(loop, fit.epochs ?? 20);
  return {
    tried,
    best,
    rounds: loop.rounds,
    history,
    toString: () =>
      table([
        ['', `${monitor} at ${sparsity}`],
        ...tried.map(({name, metric, error}) => [name, error ?? metric.toFixed(4)]),
      ]),
  };
}

function assertAutoPruneData(data: AutoPruneData): void {
  if (!isRecord(data)) throw wrong('autoPrune', 'data', '{x, y, validationData: [x, y]}', data);
  assertOptions('autoPrune: data', data, ['x', 'y', 'validationData']);
  const {x, y, validationData} = data;
  assertTensors('autoPrune', 'x', x);
  assertTensors('autoPrune', 'y', y);
  if (!Array.isArray(validationData) || !hasTensors(validationData)) {
    throw new Error(
      `autoPrune: data must be {x, y, validationData: [x, y]}, got validationData ${describe(validationData)}`,
    );
  }
}

function usual(): Record<string, Recipe> {
  const allocation = global();
  return {
    magnitude: {importance: magnitude(), allocation},
    taylor: {importance: taylor(), allocation},
    movement: {importance: movement(), allocation},
  };
}
