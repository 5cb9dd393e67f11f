import {
  add,
  backend,
  cast,
  cumsum,
  div,
  less,
  losses,
  maximum,
  mul,
  type NamedTensorMap,
  oneHot,
  randomUniform,
  reshape,
  type Scalar,
  sigmoid,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import type {Network} from '../model/network';
import {lossOf, type Output, outputOf, type Task} from '../model/task';
import {functionalOf} from '../model/tfjs';
import {untaped} from '../model/untaped';
import {gradientsBy} from './lossGradients';

/** Losses without a task of their own that are squares, and the functions that are losses of a task. */
const squares: readonly unknown[] = ['meanSquaredError', 'mse', 'MSE', losses.meanSquaredError];
const functions: readonly unknown[] = [
  losses.softmaxCrossEntropy,
  losses.sigmoidCrossEntropy,
  losses.logLoss,
];

/**
 * The gradients of a loss with targets sampled from a model's own outputs, times the root of the number of losses in its mean. Sampled
 * gradients of different rows are uncorrelated, so that the square of their mean has the expectation of the diagonal of the
 * Gauss-Newton matrix: that of the Hessian without the curvature of the network itself. The model runs as in prediction.
 *
 * @param batch A number that selects the samples.
 */
export type SampledGradients = (inputs: Tensor[], variables: Variable[], batch: number) => NamedTensorMap;

/** @throws unless the outputs of a model have losses with known distributions of targets. */
export function sampledGradients(network: Network): SampledGradients {
  const model = functionalOf(network.model);
  const kinds = model.outputs.map((_, i) => kindOf(network, i));
  return (inputs, variables, batch) => {
    const loss = () => {
      const outputs = [model.call(inputs, {training: false})].flat();
      const products = outputs.map((output, i) => {
        // A constant, though it is computed from the output.
        const direction = untaped(() => tidy(() => directionOf(output, kinds[i], `${batch}/${i}`)));
        return sum(mul(output, direction)) as Scalar;
      });
      return products.reduce((total, one) => add(total, one));
    };
    return tidy(() => gradientsBy(variables, loss));
  };
}

function kindOf(network: Network, index: number): Output {
  const model = functionalOf(network.model);
  const loss = lossOf(model, index);
  const kind = outputOf(network.model, index);
  const isKnown = typeof loss === 'string' ? kind.task !== 'values' : functions.includes(loss);
  if (isKnown) return kind;
  if (squares.includes(loss)) return {task: 'values', isProbability: false};
  const name = typeof loss === 'function' ? loss.name || 'a function' : JSON.stringify(loss);
  throw network.refuse(
    `the importance samples targets, which the loss of output "${model.outputNames[index]}", ${name}, has no distribution for; ` +
      'compile with a crossentropy or meanSquaredError, or score by fisher()',
  );
}

/** The gradient of the loss by an output, with a sampled target. @param seed Selects the sample. */
function directionOf(output: Tensor, {task, isProbability}: Output, seed: string): Tensor {
  const {shape} = output;
  const columns = shape[shape.length - 1] ?? 1;
  const rows = task === 'classes' ? output.size / columns : output.size;
  const matrix = reshape(output, [rows, output.size / rows]) as Tensor2D;
  const random = randomUniform([rows, 1], 0, 1, 'float32', seed) as Tensor2D;
  const direction = directions[task](matrix, random, isProbability);
  return mul(reshape(direction, shape), 1 / Math.sqrt(rows));
}

/** The gradients by outputs or logits for each task. They are of rows: of an example or position, for classes; else of a number. */
const directions: Readonly<
  Record<Task, (output: Tensor2D, random: Tensor2D, isProbability: boolean) => Tensor>
> = {
  classes: (output, random, isProbability) => {
    const {shape} = output;
    const shares = cumsum(isProbability ? output : softmax(output), 1);
    const total = slice(shares, [0, shape[1] - 1], [shape[0], 1]);
    const below = sum(cast(less(shares, mul(random, total)), 'float32'), 1) as Tensor1D;
    const target = cast(oneHot(cast(below, 'int32'), shape[1]), 'float32');
    if (!isProbability) return sub(softmax(output), target);
    // Classes that are not sampled may have a probability of 0.
    return div(mul(-1, target), maximum(output, backend().epsilon()));
  },
  labels: (output, random, isProbability) => {
    const shares = isProbability ? output : sigmoid(output);
    const target = cast(less(random, shares), 'float32');
    if (!isProbability) return sub(shares, target);
    // −1 / p with the label, 1 / (1 − p) without.
    return div(1, sub(sub(1, target), shares));
  },
  // Of (o − t)² with t = o ± √½.
  values: (_, random) => mul(Math.SQRT2, sub(mul(2, cast(less(random, 0.5), 'float32')), 1)),
};
