import * as tf from '@tensorflow/tfjs';
import {type ShipOptions, ship} from 'tfjs-pruning';
import {differenceOf, inputsOf} from '../runtime/compare';
import {evaluate} from './evaluate';

/** The largest difference of the predictions of tfjs from those of the shipped model, for batches of several sizes. */
export async function compareShipped(
  model: tf.LayersModel,
  batches: readonly number[],
  options: Omit<ShipOptions, 'format'> = {},
  right = model,
): Promise<number> {
  const net = evaluate(await ship(model, options));
  let most = 0;
  for (const batch of batches) {
    const inputs = inputsOf(model, batch);
    const expected = [right.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
    const given = Object.fromEntries(inputs.map((input, i) => [net.inputs[i].name, input.dataSync()]));
    const result = net.predict(inputs.length === 1 ? inputs[0].dataSync() : given);
    const outputs = result instanceof Float32Array ? [result] : Object.values(result);
    expect(outputs).toHaveLength(expected.length);
    for (const [i, output] of outputs.entries()) {
      most = Math.max(most, differenceOf(output, (expected[i] as tf.Tensor).dataSync<'float32'>()));
    }
    tf.dispose([inputs, expected]);
  }
  return most;
}
