import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {buildGraph} from '../model/tfjs';
import {assertOptions} from '../util/options';
import {attachDistillation} from './attach';
import {assertDistillation, type DistillationOptions, distillationOptions} from './options';

/** A teacher, and how a model learns from it. */
export interface DistillationTerm extends DistillationOptions {
  /** A model with the same inputs and outputs, which stays unchanged. */
  teacher: LayersModel;
}

/**
 * Makes a compiled model learn from a teacher in custom training loops: `trainOnBatch` minimizes (1 − share)·loss +
 * share·distillation, with the formula of the callback `distillation`, which is for fit. In loops with your own loss `model.calculateLosses()`,
 * called once after each pass of `model.apply(x, {training: true})`, includes share·distillation.
 *
 * @returns A function that removes it.
 * @throws on bad options, or unless the teacher has the inputs and outputs of the model; the model is unchanged then. A teacher
 *   that returns NaN for the first batch is reported by the next one.
 * @example
 * const remove = addDistillation(model, {teacher, temperature: 4});
 * for (let step = 0; step < 10; step++) await model.trainOnBatch(x, y);
 * remove();
 */
export function addDistillation(model: LayersModel, term: DistillationTerm): () => void {
  assertOptions('addDistillation', term, ['teacher', ...distillationOptions]);
  readNetwork('addDistillation', model);
  assertDistillation('addDistillation', term);
  buildGraph(model);
  return attachDistillation('addDistillation', model, term).end;
}
