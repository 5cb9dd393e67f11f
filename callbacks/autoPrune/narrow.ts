import type {Tensor} from '@tensorflow/tfjs-core';
import type {Callback, LayersModel} from '@tensorflow/tfjs-layers';
import {readPrunable} from '../../src/model/network';
import {channel} from '../../src/pattern/channel';
import type {Recipe} from '../../src/recipe';
import {report} from '../../src/report';
import {constant} from '../../src/schedule';
import {iterativePruning} from '../iterativePruning';
import type {LoopOptions} from '../iterativePruning/options';
import type {Round} from '../iterativePruning/state';
import {pruning} from '../pruning';
import {signatureOf} from '../shared/signature';

export type History = Readonly<Record<string, readonly (number | Tensor)[]>>;

/** Trains a model with a callback until a number of epochs is reached. */
export type Train = (
  model: LayersModel,
  callback: Callback,
  epochs: number,
  from?: number,
) => Promise<History>;

/** The model that a recipe pruned: the given one, or the narrow one made of it. */
export interface PrunedBy {
  readonly model: LayersModel;
  readonly rounds: readonly Round[];
  readonly history: History;
}

/** A recipe that prunes a share of the channels first. */
type NarrowFirst = Recipe & {readonly channels: number};

/** Tries such a recipe, with one epoch before each of both prunings. @returns The history of the narrow network. */
export async function tryNarrow(
  model: LayersModel,
  {channels, ...recipe}: NarrowFirst,
  trial: {readonly sparsity: number; readonly epochs: number},
  train: Train,
): Promise<History> {
  const timing = {begin: 0, end: 0};
  await train(model, pruning({...recipe, pattern: channel(), schedule: constant(channels), ...timing}), 1);
  const narrow = await narrowed(model);
  try {
    const schedule = constant(Math.max(0, sparsityIn(narrow, model, trial.sparsity)));
    return await train(narrow, pruning({...recipe, schedule, ...timing}), 1 + trial.epochs);
  } finally {
    narrow.dispose();
  }
}

/** Prunes channels as far as the budget allows, and then the narrow network by the recipe, within the same budget. */
export async function pruneNarrow(
  model: LayersModel,
  {channels, ...recipe}: NarrowFirst,
  loop: LoopOptions & {readonly monitor: string},
  epochs: number,
  train: Train,
): Promise<PrunedBy> {
  const {until = {}} = loop;
  const first = iterativePruning({
    ...recipe,
    ...loop,
    pattern: channel(),
    until: {...until, sparsity: channels},
  });
  const history = await train(model, first, epochs);
  const narrow = await narrowed(model);
  const from = history[loop.monitor].length;
  const sparsity = sparsityIn(narrow, model, until.sparsity ?? 0.99);
  const asked = report(narrow).total.sparsity;
  if (from >= epochs || sparsity <= asked) return {model: narrow, rounds: first.rounds, history};

  const second = iterativePruning({...recipe, ...loop, until: {...until, sparsity}});
  // It goes on with the baseline and the rounds, and begins with its own steps.
  const weights = signatureOf(readPrunable('autoPrune', narrow));
  const fresh = {weights, statistics: [], accepted: null, asked, scale: 1, left: 0, due: false};
  second.restore({...first.state(), ...fresh});
  const more = await train(narrow, second, epochs, from);
  return {model: narrow, rounds: second.rounds, history: joined(history, more)};
}

/** The network without its pruned channels, with masks. */
async function narrowed(model: LayersModel): Promise<LayersModel> {
  const {compact} = await import('../../src/surgery/compact/compact');
  return compact(model, {masks: true});
}

/** The sparsity at which a narrow network has as many weights as the wide one at another. */
function sparsityIn(narrow: LayersModel, wide: LayersModel, sparsity: number): number {
  return 1 - ((1 - sparsity) * report(wide).total.size) / report(narrow).total.size;
}

function joined(first: History, second: History): History {
  return Object.fromEntries(
    Object.entries(first).map(([name, values]) => [name, [...values, ...(second[name] ?? [])]]),
  );
}
