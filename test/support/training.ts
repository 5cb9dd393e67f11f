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

/** Fails unless a callback throws an error with this message before the first batch, on creation or in fit. */
export async function expectNoBatch(make: () => tf.Callback, message: string | RegExp): Promise<void> {
  let batches = 0;
  class Count extends tf.Callback {
    override async onBatchBegin(): Promise<void> {
      batches++;
    }
  }
  const {x, y} = examples();
  const model = compiled();
  const train = async () =>
    fitOn(model, {epochs: 4, validationData: [x, y], callbacks: [make(), new Count()]});
  await expect(train()).rejects.toThrow(message);
  tf.dispose([x, y]);
  model.dispose();
  expect(batches).toBe(0);
}
