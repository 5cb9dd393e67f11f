import {dispose, type NamedTensorMap, slice, Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readTogether} from '../../model/readTogether';
import {buildGraph, functionalOf, modelInternals} from '../../model/tfjs';
import {describe} from '../../util/describe';
import {breathe} from '../../util/yieldToEventLoop';
import {Counter} from './confusion';
import type {Confusion} from './metric';

/** Examples and their targets, all at once: a tensor, or a list of one for each input or output. */
export type Examples = readonly [x: Tensor | Tensor[], y: Tensor | Tensor[]];

/** Examples and their targets by batches, as a tf.data.Dataset of `{xs, ys}` gives them. */
export interface Batches {
  iterator(): Promise<{next(): Promise<{done?: boolean; value: Batch}>}>;
}

interface Batch {
  xs: Tensor | Tensor[] | NamedTensorMap;
  ys: Tensor | Tensor[] | NamedTensorMap;
}

/** Throws unless it is data that can be evaluated. */
export function assertData(who: string, data: unknown): asserts data is Examples | Batches {
  const isBatches = typeof (data as Batches | undefined)?.iterator === 'function';
  if (!isBatches && !(Array.isArray(data) && hasTensors(data))) {
    throw new Error(`${who}: data must be [x, y], two tensors, or a dataset, got ${describe(data)}`);
  }
}

/** Whether data is two tensors, or lists of tensors. */
export function hasTensors(data: unknown[]): boolean {
  return (
    data.length === 2 &&
    data.every((one) => [one].flat().length > 0) &&
    data.flat().every((one) => one instanceof Tensor)
  );
}

/** How a model takes each class for which, over all of some data. @param output Which of its outputs. */
export async function confusionOf(
  who: string,
  model: LayersModel,
  data: Examples | Batches,
  batchSize: number,
  output = 0,
): Promise<Confusion> {
  const counter = new Counter(who);
  await eachBatch(who, model, data, batchSize, async (inputs, targets) => {
    const outputs = [model.predictOnBatch(inputs)].flat();
    try {
      await counter.add(outputs[output], targets[output]);
    } finally {
      dispose(outputs);
    }
  });
  return counter.confusion();
}

/** The names of the loss and the metrics that a model is compiled with, as the logs have them. @throws if it is not. */
export function compiledNames(who: string, model: LayersModel): string[] {
  if (model.optimizer == null) {
    throw new Error(
      `${who}: model "${model.name}" is not compiled; call model.compile() with its loss first`,
    );
  }
  return modelInternals(functionalOf(model)).getDedupedMetricsNames();
}

/** The loss and the metrics that a model is compiled with, over all of some data, as `model.evaluate` averages them. */
export async function compiledFigures(
  who: string,
  model: LayersModel,
  data: Examples | Batches,
  batchSize: number,
): Promise<Record<string, number>> {
  const names = compiledNames(who, model);
  // Not by evaluate(), as fit validates by that, and is watched.
  const internals = modelInternals(functionalOf(model));
  const sums = names.map(() => 0);
  const all = await eachBatch(who, model, data, batchSize, async (inputs, targets) => {
    const scalars = tidy(() => {
      const [xs, ys] = internals.standardizeUserDataXY(inputs, targets);
      internals.makeTestFunction();
      // Of several outputs tfjs gives sums of the first losses before the figures, unless that is mended.
      return internals.testFunction([...xs, ...ys]).slice(-names.length);
    });
    for (const [i, [figure]] of (await readTogether(scalars)).entries()) {
      sums[i] += figure * targets[0].shape[0];
    }
  });
  return Object.fromEntries(names.map((name, i) => [name, sums[i] / all]));
}

/** Runs something on all of some data by batches; returns the number of examples. */
async function eachBatch(
  who: string,
  model: LayersModel,
  data: Examples | Batches,
  batchSize: number,
  run: (inputs: Tensor[], targets: Tensor[]) => Promise<void>,
): Promise<number> {
  buildGraph(model);
  const {inputNames, outputNames} = model;
  let all = 0;
  const take = async ({xs, ys}: Batch) => {
    const [inputs, targets] = [listOf(xs, inputNames), listOf(ys, outputNames)];
    if (inputs.length !== inputNames.length || targets.length !== outputNames.length) {
      throw new Error(
        `${who}: data has ${inputs.length} inputs and ${targets.length} targets, the model ${inputNames.length} inputs ` +
          `and ${outputNames.length} outputs`,
      );
    }
    await run(inputs, targets);
    all += targets[0].shape[0];
    await breathe();
  };
  if ('iterator' in data) {
    const iterator = await data.iterator();
    for (let {done, value} = await iterator.next(); !done; {done, value} = await iterator.next()) {
      await take(value).finally(() => dispose({...value}));
    }
  } else {
    const [xs, ys] = data.map((tensors) => [tensors].flat());
    const [{shape}] = xs;
    if ([...xs, ...ys].some((tensor) => tensor.shape[0] !== shape[0])) {
      const counts = [xs, ys].map((tensors) => tensors.map((tensor) => tensor.shape[0]).join(', '));
      throw new Error(`${who}: x has ${counts[0]} examples, y ${counts[1]}`);
    }
    for (let start = 0; start < shape[0]; start += batchSize) {
      const size = Math.min(batchSize, shape[0] - start);
      const part = (tensor: Tensor) => slice(tensor, start, [size, ...tensor.shape.slice(1)]);
      const parts = tidy(() => ({xs: xs.map(part), ys: ys.map(part)}));
      await take(parts).finally(() => dispose(parts));
    }
  }
  if (all === 0) throw new Error(`${who}: data has no examples`);
  return all;
}

/** Tensors as a list, in the order of the names if they have names. */
function listOf(tensors: Tensor | Tensor[] | NamedTensorMap, names: readonly string[]): Tensor[] {
  if (tensors instanceof Tensor || Array.isArray(tensors)) return [tensors].flat();
  return names.flatMap((name) => tensors[name] ?? []);
}
