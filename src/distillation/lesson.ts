import {
  add,
  dispose,
  keep,
  mean,
  mul,
  type Scalar,
  squaredDifference,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import type {Answers} from './teacher';

/** The losses of a student against a teacher in one pass. */
export class Lesson {
  /** The student's outputs. */
  readonly learned: Tensor[] = [];
  /** Tensors to dispose with it. */
  readonly #kept: Tensor[];
  readonly #costs: Scalar[] = [];

  constructor(readonly answers: Answers) {
    const {outputs, inner, valid} = answers;
    this.#kept = [...outputs, ...inner, ...(valid ? [valid] : [])];
  }

  /** Compares the output of a paired layer with that of the teacher, when the layer is called. */
  compare(output: Tensor, index: number, strength: number): void {
    const taught = this.answers.inner[index];
    util.assertShapesMatch(output.shape, taught.shape, 'distillation: paired layers have other outputs: ');
    // A nested model disposes its tensors before the losses are computed.
    const cost = keep(tidy(() => mul(strength, mean(squaredDifference(output, taught))) as Scalar));
    this.#costs.push(cost);
    this.#kept.push(cost);
  }

  /** The distillation loss. @param costOf The loss of an output. */
  cost(costOf: (soft: Tensor, output: Tensor, index: number) => Scalar): Scalar {
    const {outputs, valid} = this.answers;
    const all = outputs.map((soft, i) => costOf(soft, this.learned[i], i));
    const cost: Scalar = [...all, ...this.#costs].reduce((total, one) => add(total, one));
    return valid === undefined ? cost : mul(valid, cost);
  }

  dispose(): void {
    dispose(this.#kept);
  }
}

/** The lessons of a model. */
export interface Lessons {
  /** The lesson of the current pass. */
  current: Lesson | undefined;
  /** Asks the teacher, before the student runs. */
  begin(inputs: Tensor[]): Lesson;
}
