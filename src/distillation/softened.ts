import {
  backend,
  clipByValue,
  div,
  log,
  logSoftmax,
  maximum,
  mean,
  mul,
  type Scalar,
  sigmoid,
  softmax,
  softplus,
  squaredDifference,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type {Output, Task} from '../model/task';

/** How the outputs of a task are compared. */
interface Comparison {
  /** The teacher's outputs as the student is to match them. */
  readonly soften: (output: Tensor, isProbability: boolean, temperature: number) => Tensor;
  /** The loss of the student's outputs, the mean over all examples and positions. */
  readonly cost: (soft: Tensor, output: Tensor, isProbability: boolean, temperature: number) => Scalar;
}

const comparisons: Readonly<Record<Task, Comparison>> = {
  classes: {
    soften: (output, isProbability, temperature) =>
      softmax(div(isProbability ? logOf(output) : output, temperature)),
    cost: (soft, output, isProbability, temperature) => {
      const logs = logSoftmax(div(isProbability ? logOf(output) : output, temperature));
      return mul(-(temperature ** 2), mean(sum(mul(soft, logs), -1)));
    },
  },
  labels: {
    soften: (output, isProbability, temperature) =>
      sigmoid(div(isProbability ? logitOf(output) : output, temperature)),
    cost: (soft, output, isProbability, temperature) => {
      const logits = div(isProbability ? logitOf(output) : output, temperature);
      // −q·log p − (1 − q)·log(1 − p), for the label with the softened probability p = sigmoid(logits).
      return mul(temperature ** 2, mean(sub(softplus(logits), mul(soft, logits))));
    },
  },
  values: {
    soften: (output) => mul(output, 1),
    cost: (soft, output) => mean(squaredDifference(output, soft)),
  },
};

/** The outputs of a teacher as a student is to match them; new tensors. */
export function softened(output: Tensor, {task, isProbability}: Output, temperature: number): Tensor {
  return comparisons[task].soften(output, isProbability, temperature);
}

/** The distillation loss of a student's outputs. */
export function softLoss(
  soft: Tensor,
  output: Tensor,
  {task, isProbability}: Output,
  temperature: number,
): Scalar {
  return comparisons[task].cost(soft, output, isProbability, temperature);
}

/** Logits of classes, up to a summand, by their probabilities. */
function logOf(probabilities: Tensor): Tensor {
  // Smaller probabilities than those of which the losses of tfjs take the logarithm rank the unlikely classes too.
  const least = backend().epsilon() < 1e-5 ? 1e-30 : 1e-4;
  return log(maximum(probabilities, least));
}

/** The logit of each probability. */
function logitOf(probabilities: Tensor): Tensor {
  const least = backend().epsilon();
  const inside = clipByValue(probabilities, least, 1 - least);
  return sub(log(inside), log(sub(1, inside)));
}
