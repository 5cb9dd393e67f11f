import type * as tf from '@tensorflow/tfjs';
import {gradient, l1, polynomial, prunableWeights, prune, threshold} from 'tfjs-pruning';
import {pruning, quantization, regrowth, sparsityLoss} from 'tfjs-pruning/callbacks';
import {allocations, importances, type Method, patterns} from './methods';
import type {Settings} from './tasks';
import {train} from './train';

/** The number of mask updates, evenly spaced over the first half of a fit. */
const UPDATES = 20;

/** A run's inputs besides its model. */
export interface Job {
  readonly method: Method;
  readonly sparsity: number;
  readonly seed: number;
  readonly settings: Settings;
  readonly x: tf.Tensor;
  /** The labels, or a teacher's outputs. */
  readonly y: tf.Tensor;
}

/** Prunes and trains a network, which is dense and trained unless the method regrows. */
export async function applyMethod(model: tf.LayersModel, job: Job): Promise<void> {
  const {method} = job;
  if (method.regrow) return regrown(model, job);
  if (method.penalty) return shrunk(model, job);
  await gradual(model, job);
}

function partsOf({method: {importance, allocation, pattern}, seed}: Job) {
  return {
    importance: importances[importance](seed),
    allocation: allocations[allocation],
    pattern: patterns[pattern],
  };
}

/** When to update masks, in batches. */
function updates(steps: number) {
  const every = Math.max(1, Math.floor(steps / 2 / UPDATES));
  return {begin: every, end: Math.max(every, Math.floor(steps / 2) - 1), every};
}

async function gradual(model: tf.LayersModel, job: Job): Promise<void> {
  const {method, sparsity, seed, settings, x, y} = job;
  await train(model, x, y, {
    ...settings,
    seed,
    taught: method.teacher,
    callbacks: (steps) => [
      pruning({...partsOf(job), schedule: polynomial({to: sparsity}), unit: 'batch', ...updates(steps)}),
      ...(method.bits ? [quantization({bits: method.bits})] : []),
    ],
  });
}

async function shrunk(model: tf.LayersModel, job: Job): Promise<void> {
  const {sparsity, seed, settings, x, y} = job;
  const half = Math.ceil(settings.epochs / 2);
  await train(model, x, y, {
    ...settings,
    seed,
    epochs: half,
    hold: 1,
    callbacks: () => [sparsityLoss({penalty: l1(), strength: settings.strength})],
  });
  await prune(model, threshold(await magnitudeAt(model, sparsity)), {pattern: partsOf(job).pattern});
  await train(model, x, y, {...settings, seed: seed + 1000, epochs: settings.epochs - half, hold: 0});
}

/** The magnitude that a share of a model's elements does not exceed. */
async function magnitudeAt(model: tf.LayersModel, share: number): Promise<number> {
  const values = await Promise.all(prunableWeights(model).map(({value}) => value.data<'float32'>()));
  const all = new Float32Array(values.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const value of values) {
    for (let i = 0; i < value.length; i++) all[at++] = Math.abs(value[i]);
  }
  return all.sort()[Math.round(share * all.length) - 1];
}

async function regrown(model: tf.LayersModel, job: Job): Promise<void> {
  const {sparsity, seed, settings, x, y} = job;
  await prune(model, sparsity, partsOf(job));
  await train(model, x, y, {
    ...settings,
    seed,
    epochs: settings.denseEpochs + settings.epochs,
    callbacks: (steps) => [regrowth({by: gradient(), ...updates(steps)})],
  });
}
