import {tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {eachBatch, type Tensors} from '../model/batches';
import {type Network, readPrunable} from '../model/network';
import {standardize} from '../model/standardize';
import {functionalOf} from '../model/tfjs';
import {describe} from '../util/describe';
import {assertCount, assertOptions, assertTensors} from '../util/options';
import {collect, isSampled} from './collect';
import {lossGradients} from './lossGradients';
import {assertCollect} from './options';
import type {Data, MeasureOptions, Statistic, Statistics} from './statistic';

/**
 * Measures the statistics that an importance needs on data, for `prune(model, target, {importance, statistics})`. The model
 * runs as in prediction, without dropout, and is unchanged. Frozen layers are measured too.
 *
 * @param x The examples, as given to fit; a list for a model of several inputs.
 * @param y Their targets, which only gradients need; a list for a model of several outputs.
 * @returns Each prunable weight's statistics, by its name.
 * @throws if `needs` is empty, if there are no examples, or if gradients are needed and the model is not compiled, there is
 *   no y, or x and y do not have the shapes that fit requires.
 * @example
 * const statistics = await measure(model, x, y, {needs: taylor().needs});
 * await prune(model, 0.5, {importance: taylor(), statistics});
 */
export async function measure(
  model: LayersModel,
  x: Tensors,
  y: Tensors | undefined,
  options: MeasureOptions,
): Promise<Statistics> {
  const network = readPrunable('measure', model);
  assertOptions('measure', options, ['needs', 'batches', 'batchSize', 'decay', 'steps']);
  const {needs} = options;
  assertNeeds(needs);
  return measureFor(network, [x, y], {...options, needs});
}

/** As `measure`, of a network. */
export async function measureFor(
  network: Network,
  [x, y]: Data,
  options: MeasureOptions & {needs: readonly Statistic[]},
): Promise<Statistics> {
  const {who, model, weights} = network;
  const {needs, batches = Number.POSITIVE_INFINITY, batchSize = 32, ...collected} = options;
  assertCollect(who, collected);
  if (batches !== Number.POSITIVE_INFINITY) assertCount(who, 'batches', batches);
  assertCount(who, 'batchSize', batchSize);
  assertSameCount(who, x, y);
  // A Sequential has its losses in the functional model.
  const functional = functionalOf(model);
  const needsGradients = needs.some(({source}) => source === 'gradients' || source === 'outputGradients');
  const samples = needs.some(isSampled);
  if (needsGradients || samples) assertLoss(who, functional, y);

  const variables = weights.map(({value}) => value);
  const collection = collect(network, weights, needs, {...collected, training: false});
  try {
    await eachBatch([x, y ?? []], {batchSize, batches}, (inputs, targets) => {
      tidy(() => {
        const [xs, ys] =
          needsGradients || samples ? standardize(who, functional, inputs, targets) : [inputs, targets];
        const outputs = () => [functional.call(xs, {training: false})].flat();
        collection.sample(xs);
        if (needsGradients) collection.take(lossGradients(functional, variables, ys, outputs));
        else if (!needs.every(isSampled)) outputs();
      });
    });
    return await collection.results();
  } finally {
    collection.stop();
  }
}

function assertNeeds(needs: unknown): asserts needs is readonly Statistic[] {
  const isStatistic = (need: Statistic | undefined) => typeof need?.taken === 'object';
  if (!Array.isArray(needs) || needs.length === 0 || !needs.every(isStatistic)) {
    throw new Error(
      `measure: needs must list statistics, as taylor().needs does, got ${describe(needs)}; ` +
        'an importance without needs uses the weights alone',
    );
  }
}

/** Throws unless all tensors in x and y have the same number of examples. */
function assertSameCount(who: string, x: Tensors, y: Tensors | undefined): void {
  for (const given of y === undefined ? [x] : [x, y]) assertTensors(who, 'x and y', given);
  const counts = [x, y ?? []].flat().map(({shape}) => shape[0]);
  if (!(counts[0] > 0) || counts.some((count) => count !== counts[0])) {
    throw new Error(`${who}: x and y must have the same number of examples, got ${counts.join(' and ')}`);
  }
}

function assertLoss(who: string, model: LayersModel, y: unknown): void {
  if (y === undefined) {
    throw new Error(`${who}: the importance needs gradients of the loss, which require targets; give y`);
  }
  if (model.lossFunctions === undefined) {
    throw new Error(`${who}: model "${model.name}" has no loss; compile it first`);
  }
}
