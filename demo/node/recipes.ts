import * as tf from '@tensorflow/tfjs';
import {channel, compact, polynomial, report, strip} from 'tfjs-pruning';
import {iterativePruning, type Pruning, pruning} from 'tfjs-pruning/callbacks';
import {methodOf} from './method';
import type {Phase} from './progress';
import type {Session} from './session';
import {count, percent} from './text';

/** The share of channels that `narrow-first` prunes in each layer. */
const CHANNELS = 0.5;
/** The share of the training images with which `within-budget` decides, and how much accuracy it may cost. */
const [VALIDATION, BUDGET] = [1 / 6, 0.01];

/** A network with masks, and the dense one from the moment before pruning began. */
export interface Made {
  readonly model: tf.LayersModel;
  readonly dense: tf.LayersModel;
  /** The model itself, if channels were removed before elements were pruned. */
  readonly narrow?: tf.LayersModel;
  /** The weights that were not pruned. */
  readonly skipped: readonly {readonly name: string; readonly reason: string}[];
}

/** Trains and prunes a network; undefined if the user interrupted it. */
type Recipe = (session: Session, model: tf.LayersModel) => Promise<Made | undefined>;

/** When to update masks: a quarter of a fit's epochs to learn, half to prune gradually, a quarter to recover. */
function timing({options, stepsPerEpoch}: Session, epochs: number, isLast = false) {
  const perEpoch = stepsPerEpoch();
  const steps = epochs * perEpoch;
  const begin = Math.floor(steps / 4);
  const end = Math.floor((steps * 3) / 4);
  // Quantization begins with the first epoch in which masks are final.
  const latest = isLast && options.quantize ? steps - perEpoch - 1 : end;
  return {
    unit: 'batch' as const,
    begin,
    end: Math.max(begin, Math.min(end, latest)),
    every: Math.ceil(steps / 100),
  };
}

/** The phases of a fit with pruning at these times. */
function phases(
  {options, stepsPerEpoch}: Session,
  {begin, end}: ReturnType<typeof timing>,
  isLast = false,
): Phase[] {
  const perEpoch = stepsPerEpoch();
  const quantized = Math.ceil((end + 1) / perEpoch) * perEpoch;
  return [
    [0, 'train'],
    [begin, 'prune'],
    [end + 1, 'recover'],
    ...(isLast && options.quantize ? [[quantized, 'quantize'] as const] : []),
  ];
}

/** Prunes by a schedule. */
const gradual: Recipe = async (session, model) => {
  const {epochs, sparsity, pattern} = session.options;
  const updates = timing(session, epochs, true);
  const pruner = pruning({
    schedule: polynomial({to: sparsity}),
    ...methodOf(session.options),
    pattern: pattern.part,
    ...updates,
  });
  const dense = denseAt(updates.begin, model);
  await session.train(model, {
    epochs,
    callbacks: [dense.callback, pruner],
    phases: phases(session, updates, true),
    sparsity: reachedBy(pruner),
  });
  return made(session, model, dense.copy(), pruner);
};

/** Prunes channels in the first half of the epochs, removes them, and prunes elements in the second. */
const narrowFirst: Recipe = async (session, wide) => {
  const {epochs, sparsity, importance} = session.options;
  const half = Math.floor(epochs / 2);
  const first = timing(session, half);
  const channels = pruning({
    schedule: polynomial({to: CHANNELS}),
    importance: importance.part,
    pattern: channel(),
    ...first,
  });
  const dense = denseAt(first.begin, wide);
  await session.train(wide, {
    epochs: half,
    callbacks: [dense.callback, channels],
    phases: phases(session, first),
    sparsity: reachedBy(channels),
  });
  if (session.interrupted) return undefined;

  const keep = Math.round(report(wide).total.size * (1 - sparsity));
  const model = await compact(wide, {masks: true});
  const {size} = report(model).total;
  console.log(`removed half of the channels; ${count(size)} weights remain`);
  const second = timing(session, epochs - half, true);
  const elements = pruning({
    schedule: polynomial({to: {keep: Math.min(keep, size)}}),
    ...methodOf(session.options),
    ...second,
  });
  await session.train(model, {
    initialEpoch: half,
    epochs,
    callbacks: [elements],
    phases: phases(session, second, true),
    sparsity: reachedBy(elements),
  });
  const result = made(session, model, dense.copy(), elements);
  return result && {...result, narrow: model};
};

/** Prunes half of the remaining weights again and again, as far as the accuracy on validation images allows. */
const withinBudget: Recipe = async (session, model) => {
  const {epochs, sparsity, pattern} = session.options;
  const {x, y} = session.examples;
  const count = Math.max(1, Math.round(x.shape[0] * VALIDATION));
  const part = (start: number, size: number) =>
    [x.slice(start, size), y.slice(start, size)] as [tf.Tensor4D, tf.Tensor2D];
  const [images, labels] = part(0, x.shape[0] - count);
  const begin = Math.floor(epochs / 4);
  const loop = iterativePruning({
    ...methodOf(session.options),
    pattern: pattern.part,
    monitor: 'val_acc',
    maxDrop: BUDGET,
    begin,
    step: {ofRemaining: 0.5},
    until: {sparsity},
  });
  const perEpoch = session.stepsPerEpoch({x: images, y: labels});
  const dense = denseAt((begin + 1) * perEpoch - 1, model);
  await session.train(model, {
    epochs,
    examples: {x: images, y: labels},
    validationData: part(x.shape[0] - count, count),
    callbacks: [dense.callback, loop],
    phases: [
      [0, 'train'],
      [(begin + 1) * perEpoch - 1, 'prune'],
      [(begin + 1) * perEpoch, 'recover, prune'],
    ],
    sparsity: () => loop.rounds.at(-1)?.sparsity ?? 0,
  });
  for (const {sparsity, recovered, accepted} of loop.rounds) {
    const reached = recovered === undefined ? '' : `, accuracy ${percent(recovered)}`;
    console.log(`${accepted ? 'accepted' : 'rejected'}: sparsity ${percent(sparsity)}${reached}`);
  }
  return made(session, model, dense.copy());
};

/** The recipes by name. `deep-compression` is the gradual one with quantization. */
export const recipes = {
  gradual,
  'deep-compression': gradual,
  'narrow-first': narrowFirst,
  'within-budget': withinBudget,
} as const satisfies Record<string, Recipe>;

function made(
  session: Session,
  model: tf.LayersModel,
  dense: tf.LayersModel | undefined,
  pruner?: Pruning,
): Made | undefined {
  if (session.interrupted || dense === undefined) return undefined;
  return {model, dense, skipped: pruner?.results.at(-1)?.skipped ?? []};
}

const reachedBy = (pruner: Pruning) => () => pruner.results.at(-1)?.sparsity ?? 0;

/** A callback that copies a model without masks before one batch, counted over all epochs. */
function denseAt(batch: number, model: tf.LayersModel) {
  let batches = 0;
  let copy: tf.LayersModel | undefined;
  const callback = new tf.CustomCallback({
    onBatchBegin: async () => {
      if (batches++ === batch) copy = await strip(model);
    },
  });
  return {callback, copy: () => copy};
}
