import {dispose, keep, mul, type Scalar, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel, SymbolicTensor} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {shadow} from '../model/shadow';
import {functionalOf, type Layer} from '../model/tfjs';
import {type FirstAnswers, finite} from './firstAnswers';

/** A teacher's answers to a batch: new tensors, which the caller disposes. */
export interface Answers {
  readonly outputs: readonly Tensor[];
  /** The outputs of the paired layers, in the order of the pairs. */
  readonly inner: readonly Tensor[];
  /** Of the first answers, whether they are finite: 1 or 0. Numbers that are not are replaced by 0. */
  readonly valid?: Scalar;
}

/** Throws unless a teacher has the inputs and outputs of a model. */
export function assertTeacher(who: string, model: LayersModel, teacher: LayersModel): void {
  readNetwork(who, teacher);
  const [student, other] = [functionalOf(model), functionalOf(teacher)];
  if (student === other) {
    throw new Error(`${who}: the teacher is the model itself; give another model, or a copy`);
  }
  for (const side of ['inputs', 'outputs'] as const) {
    const [own, given] = [student[side], other[side]];
    if (own.length !== given.length || own.some(({shape}, i) => !areAlike(shape, given[i].shape))) {
      const shapes = (all: SymbolicTensor[]) => all.map(({shape}) => `[${shape.slice(1)}]`).join(' and ');
      throw new Error(
        `${who}: teacher "${teacher.name}" has ${side} of shape ${shapes(given)}, and the model ${shapes(own)}; ` +
          `give a teacher with the same ${side}`,
      );
    }
  }
}

/** Whether shapes with their batch dimension agree, as far as their dimensions are known. */
function areAlike(a: SymbolicTensor['shape'], b: SymbolicTensor['shape']): boolean {
  return a.length === b.length && a.every((dim, i) => i === 0 || dim === b[i] || dim == null || b[i] == null);
}

/**
 * Runs a teacher as in prediction.
 *
 * @param paired The layers of which it returns the outputs too.
 * @param soften Maps each output to a new tensor.
 */
export function teacherOf(
  teacher: LayersModel,
  paired: readonly Layer[],
  soften: (output: Tensor, index: number) => Tensor,
  {inspect}: FirstAnswers,
): {ask: (inputs: Tensor[]) => Answers; end: () => void} {
  const functional = functionalOf(teacher);
  let inner: Tensor[] | undefined;
  const ends = paired.map((layer, i) =>
    shadow(layer, 'call', (call) => (inputs, kwargs) => {
      const outputs = call(inputs, kwargs);
      // A nested model disposes the outputs of its layers.
      if (inner !== undefined) inner[i] = keep(tidy(() => mul([outputs].flat()[0], 1)));
      return outputs;
    }),
  );
  const answer = (inputs: Tensor[], found: Tensor[]): Answers => {
    const outputs = [functional.call(inputs, {training: false})].flat();
    // Kernels may turn NaN into numbers, so that the check is of the outputs themselves.
    const valid = inspect([...outputs, ...found]);
    const soft = outputs.map(soften);
    if (valid === undefined) return {outputs: soft.map(keep), inner: found};
    const replaced = found.map(finite).map(keep);
    dispose(found);
    return {outputs: soft.map(finite).map(keep), inner: replaced, valid};
  };
  const ask = (inputs: Tensor[]) => {
    const found: Tensor[] = [];
    inner = found;
    try {
      let answers: Answers | undefined;
      tidy(() => {
        answers = answer(inputs, found);
      });
      return answers as Answers;
    } catch (error) {
      dispose(found);
      throw error;
    } finally {
      inner = undefined;
    }
  };
  const end = () => {
    for (const undo of ends) undo();
  };
  return {ask, end};
}
