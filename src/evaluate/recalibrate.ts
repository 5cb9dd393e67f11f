import {add, dispose, keep, moments, mul, Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {eachBatch} from '../model/batches';
import {readNetwork} from '../model/network';
import {shadow} from '../model/shadow';
import {functionalOf, type Layer, withInnerLayers} from '../model/tfjs';
import {assertNumber, assertOptions, wrong} from '../util/options';

/** A layer that normalizes by moving statistics. */
type Normalization = Layer & {axis: number; movingMean: LayerVariable; movingVariance: LayerVariable};

/**
 * Recomputes the statistics of batch normalization, which pruning changes. The moving mean and variance become averages over
 * the batches, and each layer normalizes by its batch for the layers after it. Nothing else changes; dropout is off. Use it
 * after a cut that no training follows.
 *
 * @param x Examples, as given to fit, similar to those of the application. No targets are needed.
 * @param options.batches The number of batches; all by default.
 * @param options.batchSize Examples per batch; 64 by default.
 * @returns a promise that is fulfilled when all statistics are set.
 * @throws if the model has no batch normalization, or there are no examples.
 * @see Li, Wang, Shi, Hou, Liu: Revisiting Batch Normalization for Practical Domain Adaptation, 2016; Li, Wu, Su,
 *   Wang: EagleEye, 2020, for pruning.
 * @example
 * await prune(model, 0.5, {pattern: channel()});
 * await recalibrate(model, x, {batches: 8});
 */
export async function recalibrate(
  model: LayersModel,
  x: Tensor | Tensor[],
  options: {batches?: number; batchSize?: number} = {},
): Promise<void> {
  const {leaves, refuse} = readNetwork('recalibrate', model);
  assertOptions('recalibrate', options, ['batches', 'batchSize']);
  const {batches = Number.POSITIVE_INFINITY, batchSize = 64} = options;
  assertExamples(x);
  for (const [name, value] of Object.entries({batches, batchSize})) {
    assertNumber('recalibrate', name, value, 'a number from 1', (x) => x >= 1);
  }
  const all = leaves.flatMap(({layer}) => withInnerLayers(layer));
  const layers = [...new Set(all)].filter(isNormalization);
  if (layers.length === 0) {
    throw refuse(`model "${model.name}" has no batch normalization to measure again`);
  }
  const averages = layers.map(averageMoments);
  try {
    await eachBatch([x], {batchSize, batches}, (inputs) => {
      tidy(() => {
        functionalOf(model).call(inputs, {training: false});
      });
    });
    for (const average of averages) average.write();
  } finally {
    for (const average of averages) average.stop();
  }
}

function assertExamples(x: unknown): asserts x is Tensor | Tensor[] {
  const inputs = [x].flat();
  if (inputs.length === 0 || !inputs.every((input) => input instanceof Tensor && input.shape[0] > 0)) {
    throw wrong('recalibrate', 'x', 'a tensor of at least one example', x);
  }
}

function isNormalization(layer: Layer): layer is Normalization {
  return 'movingMean' in layer && 'movingVariance' in layer;
}

/** Makes a layer normalize by the batch, and averages the means and variances of its inputs over all calls. */
function averageMoments(layer: Normalization) {
  const variables = [layer.movingMean, layer.movingVariance];
  let sums: Tensor[] = [];
  let calls = 0;
  const end = shadow(layer as Layer, 'call', (call) => (given, kwargs) => {
    const [input] = [given].flat();
    const axis = (layer.axis + input.rank) % input.rank;
    const others = [...input.shape.keys()].filter((other) => other !== axis);
    const {mean, variance} = moments(input, others);
    const before = sums;
    calls++;
    sums = [mean, variance].map((moment, i) => {
      variables[i].write(moment);
      return tidy(() => keep(add(moment, before[i] ?? 0)));
    });
    dispose(before);
    return call(given, {...kwargs, training: false});
  });
  return {
    /** Writes the averages into the layer. */
    write: () => {
      tidy(() => {
        for (const [i, sum] of sums.entries()) variables[i].write(mul(sum, 1 / calls));
      });
    },
    stop: () => {
      end();
      dispose(sums);
    },
  };
}
