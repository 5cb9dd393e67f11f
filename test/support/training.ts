import * as tf from '@tensorflow/tfjs';
import {examples, mlp} from './models';

/** The small network of `mlp`, compiled. */
export function compiled(optimizer = 'sgd'): tf.Sequential {
  const model = mlp();
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

/** The history of a quiet fit on `examples`, in their order. */
export async function fitOn(
  model: tf.LayersModel,
  args: tf.ModelFitArgs,
): Promise<{[key: string]: (number | tf.Tensor)[]}> {
  const {x, y} = examples();
  try {
    const {history} = await model.fit(x, y, {shuffle: false, verbose: 0, ...args});
    return history;
  } finally {
    tf.dispose([x, y]);
  }
}

export const sparsitiesOf = (history: {[key: string]: (number | tf.Tensor)[]}) =>
  history.sparsity as number[];
