import * as tf from '@tensorflow/tfjs';
import type {ToLayersModelOptions} from 'tfjs-pruning/graph';

/** An input for each name of a node, in the order of the inputs of the converted model. */
export type Feeds = Record<string, tf.Tensor>;

/** Random numbers in [0, 1), or bytes where the graph takes whole numbers. */
export function feedsFor(
  graph: tf.GraphModel,
  model: tf.LayersModel,
  {inputShapes = {}}: ToLayersModelOptions,
  seed: number,
): Feeds {
  const names = [...graph.inputs.map(({name}) => name), ...Object.keys(inputShapes)];
  return Object.fromEntries(
    model.inputs.map(({shape, dtype}, i) => {
      const name = model.inputNames[i];
      const node = names.find((one) => one.replace(/\W+/g, '_') === name) ?? name;
      const x = tf.randomUniform([1, ...(shape.slice(1) as number[])], 0, 1, 'float32', seed);
      return [node, dtype === 'int32' ? x.mul(255).toInt() : x];
    }),
  );
}

export const outputsOf = (model: tf.LayersModel, feeds: Feeds): tf.Tensor[] => {
  const inputs = Object.values(feeds);
  return [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
};

export async function runGraph(
  graph: tf.GraphModel,
  feeds: Feeds,
  outputs: readonly string[],
): Promise<tf.Tensor[]> {
  try {
    return [graph.execute(feeds, [...outputs])].flat();
  } catch {
    // Ops whose results vary in shape need the slower way.
    return [await graph.executeAsync(feeds, [...outputs])].flat();
  }
}

/** The largest difference of some tensors, relative to the largest number of each. */
export async function differenceOf(
  some: readonly tf.Tensor[],
  others: readonly tf.Tensor[],
): Promise<number> {
  const all = await Promise.all(
    some.map(async (tensor, i) => {
      const [a, b] = [await tensor.data(), await others[i].data()];
      if (a.length !== b.length) return Number.POSITIVE_INFINITY;
      let [difference, largest] = [0, 1e-30];
      for (let j = 0; j < a.length; j++) {
        difference = Math.max(difference, Math.abs(a[j] - b[j]));
        largest = Math.max(largest, Math.abs(a[j]));
      }
      return difference / largest;
    }),
  );
  return Math.max(...all);
}
