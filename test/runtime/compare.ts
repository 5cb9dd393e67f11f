import * as tf from '@tensorflow/tfjs';
import {encode, ship} from 'tfjs-pruning';
import {load} from 'tfjs-pruning/runtime';
import {evaluate} from '../ship/evaluate';

/** A generator of numbers in [0, 1), the same in each run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Gives all weights of a model random values, of which a share is 0, and masks which exclude that share; variances stay positive. */
export function randomize(model: tf.LayersModel, sparsity: number): void {
  const next = generator(1 + Math.round(100 * sparsity));
  for (const weight of model.weights) {
    if (weight.dtype === 'bool') {
      weight.write(
        tf.tidy(() =>
          tf.greaterEqual(tf.randomUniform(weight.shape as number[], 0, 1, 'float32', 7), sparsity),
        ),
      );
      continue;
    }
    const isVariance = weight.originalName.endsWith('variance');
    const values = Float32Array.from({length: tf.util.sizeFromShape(weight.shape as number[])}, () => {
      const value = isVariance ? 0.5 + next() : next() - 0.5;
      return weight.shape.length > 1 && next() < sparsity ? 0 : value;
    });
    weight.write(tf.tensor(values, weight.shape as number[]));
  }
}

/** Inputs of a model: numbers around 0, or whole ones for layers that look them up. */
export function inputsOf(model: tf.LayersModel, batch: number, lengths = 7): tf.Tensor[] {
  const next = generator(batch);
  const first = model.layers.find((layer) => layer.getClassName() !== 'InputLayer');
  const looksUp = ['Embedding', 'PrunableEmbedding', 'CategoryEncoding'].includes(
    first?.getClassName() ?? '',
  );
  return model.inputs.map(({shape}) => {
    const dims = [batch, ...shape.slice(1).map((length) => length ?? lengths)];
    const values = Float32Array.from({length: tf.util.sizeFromShape(dims)}, () =>
      looksUp ? Math.floor(4 * next()) : 2 * next() - 1,
    );
    return tf.tensor(values, dims);
  });
}

/** The largest difference of an array from the right one, in units of the largest number of that. */
export function differenceOf(values: Float32Array, right: Float32Array): number {
  if (values.length !== right.length) return Number.POSITIVE_INFINITY;
  let [most, largest] = [0, 0];
  for (let i = 0; i < right.length; i++) {
    // NaN counts as well.
    const distance = Math.abs(values[i] - right[i]);
    most = distance <= most ? most : distance;
    largest = Math.max(largest, Math.abs(right[i]));
  }
  return most === 0 ? 0 : most / Math.max(largest, 1e-20);
}

const valuesOf = (inputs: Record<string, {values: Float32Array}>) =>
  Object.fromEntries(Object.entries(inputs).map(([name, {values}]) => [name, values]));

/**
 * The largest difference of the predictions of tfjs from those of the runtime, and of the shipped model if its shapes do not vary, for
 * batches of several sizes.
 */
export async function compare(
  model: tf.LayersModel,
  batches: readonly number[],
  lengths?: number,
): Promise<number> {
  const net = await load(await encode(model));
  const isFixed = model.inputs.every(({shape}) => !shape.includes(null, 1));
  const shipped = isFixed ? evaluate(await ship(model)) : undefined;
  let most = 0;
  for (const batch of batches) {
    const inputs = inputsOf(model, batch, lengths);
    const right = [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
    const given = inputs.map((input) => ({values: input.dataSync<'float32'>(), shape: input.shape}));
    const named = Object.fromEntries(given.map((input, i) => [net.inputs[i].name, input]));
    const results = [
      net.predict<Float32Array | Record<string, Float32Array>>(given.length === 1 ? given[0] : named),
      ...(shipped ? [shipped.predict(valuesOf(named))] : []),
    ];
    for (const result of results) {
      const outputs = result instanceof Float32Array ? [result] : Object.values(result);
      expect(outputs).toHaveLength(right.length);
      for (const [i, output] of outputs.entries()) {
        most = Math.max(most, differenceOf(output, (right[i] as tf.Tensor).dataSync<'float32'>()));
      }
    }
    tf.dispose([inputs, right]);
  }
  net.dispose();
  return most;
}
