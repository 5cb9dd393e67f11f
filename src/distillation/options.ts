import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Output, outputOf, type Task, tasks} from '../model/task';
import {functionalOf} from '../model/tfjs';
import {describe} from '../util/describe';
import {assertNumber, assertOneOf, isRecord, wrong} from '../util/options';

/** Options of a distillation, besides its teacher. */
export interface DistillationOptions {
  /** Divides the logits of teacher and student, so that unlikely classes count more; a positive number, 4 by default. */
  temperature?: number;
  /** The share of the distillation in the loss, in [0, 1]; 1 by default, which ignores the targets. */
  share?: number;
  /** Pairs of inner layers whose outputs are to match too; none by default. */
  layers?: readonly LayerPair[];
  /**
   * The kind of prediction of the outputs, the same for all or by output name: `'classes'`, one of which applies; `'labels'`, which may all
   * apply; or `'values'`. By default the loss decides: cross-entropies are for classes or labels, other losses for values;
   * with a custom loss, the activation softmax is for classes and sigmoid for labels.
   */
  task?: Task | Readonly<Record<string, Task>>;
}

/**
 * A layer of the student and one of the teacher, by their names; within a nested model the names from the outside in,
 * `encoder/dense_1`. The mean squared difference of their outputs is multiplied by the strength, 1 by default.
 */
export type LayerPair = readonly [student: string, teacher: string, strength?: number];

export const distillationOptions = ['temperature', 'share', 'layers', 'task'] as const;

/** Throws on options that are wrong for any model. */
export function assertDistillation(who: string, options: DistillationOptions): void {
  const {temperature = 4, share = 1, layers = [], task} = options;
  const isTemperature = (x: number) => x > 0 && x < Number.POSITIVE_INFINITY;
  assertNumber(who, 'temperature', temperature, 'a positive number', isTemperature);
  assertNumber(who, 'share', share, 'a number from 0 to 1', (x) => x >= 0 && x <= 1);
  if (!Array.isArray(layers)) throw wrong(who, 'layers', 'a list as [["hidden", "hidden"]]', layers);
  for (const pair of layers) assertPair(who, pair);
  if (isRecord(task)) {
    for (const [name, one] of Object.entries(task)) assertOneOf(who, `task of output "${name}"`, one, tasks);
  } else if (task !== undefined) {
    assertOneOf(who, 'task', task, tasks);
  }
}

function assertPair(who: string, pair: unknown): void {
  const [student, teacher, strength = 1, ...others] = Array.isArray(pair) ? (pair as unknown[]) : [];
  if (typeof student !== 'string' || typeof teacher !== 'string' || others.length > 0) {
    const what = 'pairs of a layer of the model and one of the teacher, as ["hidden", "hidden"]';
    throw wrong(who, 'layers', what, pair);
  }
  const isStrength = (x: number) => x >= 0 && x < Number.POSITIVE_INFINITY;
  assertNumber(who, `the strength of ${student}`, strength, 'a number from 0', isStrength);
}

/** How the student and the teacher return each output. */
export interface Subject {
  readonly student: Output;
  readonly teacher: Output;
}

/** The kinds of prediction of the outputs of a model. @throws if there is no such output. */
export function subjectsOf(
  who: string,
  model: LayersModel,
  teacher: LayersModel,
  task: DistillationOptions['task'],
): Subject[] {
  const {outputs, outputNames} = functionalOf(model);
  const given = isRecord(task) ? task : {};
  const unknown = Object.keys(given).find((name) => !outputNames.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `${who}: task names the output "${unknown}", and the model has ${outputNames.map(describe).join(', ')}`,
    );
  }
  return outputs.map((_, i) => {
    const own = outputOf(model, i);
    const chosen = (typeof task === 'string' ? task : given[outputNames[i]]) ?? own.task;
    const {isProbability} = outputOf(teacher, i);
    return {student: {...own, task: chosen}, teacher: {task: chosen, isProbability}};
  });
}
