import {dispose, keep, mean, mul, type Tensor, tidy, zeros} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {aroundTrainStep} from '../model/trainStep';
import type {Lessons} from './lesson';

type Losses = LayersModel['lossFunctions'];

/**
 * Gives a lesson in each training step of a functional model, and multiplies its losses by 1 − share there.
 *
 * @returns A function that undoes it.
 */
export function teachSteps(
  student: LayersModel,
  lessons: Lessons,
  share: number,
  isActive: () => boolean = () => true,
): () => void {
  const {inputs, outputs} = student;
  /** The losses in a step. @param plain Receives the mean loss of each output, which the step logs if there are several. */
  const scaled = (losses: Losses, learned: Tensor[], plain: Tensor[], weights: Tensor[]): Losses =>
    losses.map((loss, i) => (target, output) => {
      learned[i] = output;
      const given = loss(target, output);
      if (outputs.length > 1) plain[i] = keep(tidy(() => mean(weights[i] ? mul(given, weights[i]) : given)));
      // Without gradients of the targets, which may not be finite.
      return share === 1 ? zeros(given.shape) : mul(1 - share, given);
    });
  return aroundTrainStep(student, (step) => (batch) => {
    if (!isActive()) return step(batch);
    const losses = student.lossFunctions;
    const lesson = lessons.begin(batch.slice(0, inputs.length));
    const plain: Tensor[] = [];
    const weights = batch.slice(inputs.length + outputs.length);
    lessons.current = lesson;
    student.lossFunctions = scaled(losses, lesson.learned, plain, weights);
    try {
      const [total, ...metrics] = step(batch);
      dispose(metrics.slice(0, plain.length));
      return [total, ...plain, ...metrics.slice(plain.length)];
    } finally {
      student.lossFunctions = losses;
      lessons.current = undefined;
      lesson.dispose();
    }
  });
}
