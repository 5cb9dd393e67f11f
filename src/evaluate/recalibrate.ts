import {add, dispose, keep, moments, mul, slice, Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {shadow} from '../model/shadow';
import {functionalOf, type Layer, withInnerLayers} from '../model/tfjs';
import {assertNumber, assertOptions, wrong} from '../util/options';
import {breathe} from '../util/yieldToEventLoop';

/** A layer that normalizes by what it saw in training. */
type Normalization = Layer & {axis: number; movingMean: LayerVariable; movingVariance: LayerVariable};

/**
 * Measures the statistics of batch normalization again, which pruning has changed: the moving mean and variance become
 * the averages over the batches, each layer taking in what the layers before put out as they normalize by the batch.
 * Everything else stays, dropout is off. Best after a cut that no training follows.
 *
 * @param x Examples, as given to fit; no targets are needed. The more they are like those in use the better.
 * @throws if the model has no batch normalization, or there are no examples.
 * @see Li, Wang, Shi, Hou, Liu: Revisiting Batch Normalization for Practical Domain Adaptation, 2016; Li, Wu, Su,
 *   Wang: EagleEye, 2020, for pruning.
 */
export async function recalibrate(
  model: LayersModel,
  x: Tensor | Tensor[],
  options: {batches?: number; batchSize?: number} = {},
): Promise<void> {
  const {leaves, refuse} = readNetwork('recalibrate', model);
  assertOptions('recalibrate', options, ['batches', 'batchSize']);
  const {batches = Number.POSITIVE_INFINITY, batchSize = 64} = options;
  const inputs = [x].flat();
  const isExample = (input: unknown) => input instanceof Tensor && input.shape[0] > 0;
  if (inputs.length === 0 || !inputs.every(isExample)) {
    throw wrong('recalibrate', 'x', 'a tensor of at least one example', x);
  }
  for (const [name, value] of Object.entries({batches, batchSize})) {
    assertNumber('recalibrate', name, value, 'a number from 1', (x) => x >= 1);
  }
  const held = leaves.flatMap(({layer}) => withInnerLayers(layer));
  const layers = [...new Set(held)].filter(isNormalization);
  if (layers.length === 0) {
    throw refuse(`model "${model.name}" has no batch normalization to measure again`);
  }
  const sums = layers.map(() => [] as Tensor[]);
  const calls = layers.map(() => 0);
  const ends = layers.map((layer, i) =>
    shadow(layer as Layer, 'call', (call) => (given, kwargs) => {
      const [input] = [given].flat();
      const axis = (layer.axis + input.rank) % input.rank;
      const {mean, variance} = moments(
        input,
        [...input.shape.keys()].filter((other) => other !== axis),
      );
      layer.movingMean.write(mean);
      layer.movingVariance.write(variance);
      calls[i]++;
      const before = sums[i];
      sums[i] = tidy(() => [mean, variance].map((moment, k) => keep(add(moment, before[k] ?? 0))));
      dispose(before);
      return call(given, {...kwargs, training: false});
    }),
  );
  const [{shape}] = inputs;
  let seen = 0;
  try {
    for (let start = 0; start < shape[0] && seen < batches; start += batchSize, seen++) {
      const size = Math.min(batchSize, shape[0] - start);
      tidy(() => {
        const part = inputs.map((input) => slice(input, start, [size, ...input.shape.slice(1)]));
        dispose(functionalOf(model).call(part, {training: false}));
      });
      await breathe();
    }
    tidy(() => {
      for (const [i, {movingMean, movingVariance}] of layers.entries()) {
        const [mean, variance] = sums[i].map((sum) => mul(sum, 1 / calls[i]));
        movingMean.write(mean);
        movingVariance.write(variance);
      }
    });
  } finally {
    for (const end of ends) end();
    dispose(sums.flat());
  }
}

function isNormalization(layer: Layer): layer is Normalization {
  return 'movingMean' in layer && 'movingVariance' in layer;
}
