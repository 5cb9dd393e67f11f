import {
  add,
  mean,
  type Scalar,
  slice,
  type Tensor,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Network, readPrunable} from '../model/network';
import {functionalOf} from '../model/tfjs';
import {describe} from '../util/describe';
import {assertCount, assertOptions, assertTensors} from '../util/options';
import {breathe} from '../util/yieldToEventLoop';
import {collect} from './collect';
import {assertCollect} from './options';
import type {Data, MeasureOptions, Statistic, Statistics} from './statistic';

type Tensors = Tensor | Tensor[];

/**
 * Measures on data what an importance needs to know, for `prune(model, target, {importance, statistics})`. The model is
 * run as in prediction, without dropout, and stays as it was; frozen layers are measured as well.
 *
 * @param x The examples, as given to fit; a list for a model of several inputs.
 * @param y Their targets, which only gradients need; of several outputs a list.
 * @returns The statistics of each prunable weight, by its name.
 * @throws if `needs` is empty, if gradients are needed and the model is not compiled or there is no y, or if there is
 *   not one example.
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
  const examples = examplesIn(who, x, y);
  const derived = needs.some(({source}) => source === 'gradients' || source === 'outputGradients');
  // A Sequential has its losses in the functional model.
  const functional = functionalOf(model);
  if (derived) assertLoss(who, functional, y);

  const collection = collect(network, weights, needs, {...collected, training: false});
  try {
    for (let start = 0, batch = 0; start < examples && batch < batches; start += batchSize, batch++) {
      const size = Math.min(batchSize, examples - start);
      tidy(() => {
        const part = (tensors: Tensors) =>
          [tensors].flat().map((tensor) => slice(tensor, start, [size, ...tensor.shape.slice(1)]));
        const pass = () => [functional.call(part(x), {training: false})].flat();
        if (derived) {
          const targets = part(y as Tensors);
          const variables = weights.map(({value}) => value);
          collection.take(gradientsOf(() => lossOf(functional, targets, pass()), variables));
        } else {
          pass();
        }
      });
      await breathe();
    }
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
        'an importance without needs goes by the weights alone',
    );
  }
}

/** The number of examples in all of x and y. */
function examplesIn(who: string, x: Tensors, y: Tensors | undefined): number {
  for (const given of y === undefined ? [x] : [x, y]) assertTensors(who, 'x and y', given);
  const all = [x, y ?? []].flat();
  const counts = all.map(({shape}) => shape[0]);
  if (!(counts[0] > 0) || counts.some((count) => count !== counts[0])) {
    throw new Error(`${who}: x and y must have the same number of examples, got ${counts.join(' and ')}`);
  }
  return counts[0];
}

function assertLoss(who: string, model: LayersModel, y: unknown): void {
  if (y === undefined) {
    throw new Error(`${who}: these needs are gradients of the loss, for which y is missing`);
  }
  if (model.lossFunctions === undefined) {
    throw new Error(`${who}: model "${model.name}" has no loss; compile it first`);
  }
}

function lossOf(model: LayersModel, targets: Tensor[], outputs: Tensor[]): Scalar {
  const losses = outputs.map((output, i) => mean(model.lossFunctions[i](targets[i], output)));
  return [...losses, ...model.calculateLosses()].reduce((sum, loss) => add(sum, loss)) as Scalar;
}

/** The gradients also of variables that are frozen. */
function gradientsOf(loss: () => Scalar, variables: Variable[]) {
  const frozen = variables.filter(({trainable}) => !trainable);
  for (const variable of frozen) variable.trainable = true;
  try {
    return variableGrads(loss, variables).grads;
  } finally {
    for (const variable of frozen) variable.trainable = false;
  }
}
