import {
  add,
  mean,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** The gradients of a model's loss, also by variables that are frozen. @param outputs Runs the model. */
export function lossGradients(
  model: LayersModel,
  variables: Variable[],
  targets: Tensor[],
  outputs: () => Tensor[],
): NamedTensorMap {
  return gradientsBy(variables, () => lossOf(model, targets, outputs()));
}

/** The gradients of a scalar, also by variables that are frozen. */
export function gradientsBy(variables: Variable[], scalar: () => Scalar): NamedTensorMap {
  const frozen = variables.filter(({trainable}) => !trainable);
  for (const variable of frozen) variable.trainable = true;
  try {
    return variableGrads(scalar, variables).grads;
  } finally {
    for (const variable of frozen) variable.trainable = false;
  }
}

/** The sum of all output losses and layer losses. */
function lossOf(model: LayersModel, targets: Tensor[], outputs: Tensor[]): Scalar {
  const losses = outputs.map((output, i) => mean(model.lossFunctions[i](targets[i], output)));
  return [...losses, ...model.calculateLosses()].reduce((sum, loss) => add(sum, loss)) as Scalar;
}
