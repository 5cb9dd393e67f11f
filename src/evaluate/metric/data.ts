import {dispose, type NamedTensorMap, Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {areExamples, type Examples, eachBatch} from '../../model/batches';
import {assertTensorCounts} from '../../model/standardize';
import {buildGraph} from '../../model/tfjs';
import {wrong} from '../../util/options';
import {yieldToEventLoop} from '../../util/yieldToEventLoop';

/** Examples and their targets in batches, such as a tf.data.Dataset of `{xs, ys}`. */
export interface Batches {
  /** Starts again from the first batch; a batch has inputs `xs` and targets `ys`. */
  iterator(): Promise<{next(): Promise<{done?: boolean; value: Batch}>}>;
}

interface Batch {
  xs: Tensor | Tensor[] | NamedTensorMap;
  ys: Tensor | Tensor[] | NamedTensorMap;
}

/** Throws unless a model can be evaluated on a value. */
export function assertEvaluationData(who: string, data: unknown): asserts data is Examples | Batches {
  const isDataset = typeof (data as Batches | undefined)?.iterator === 'function';
  if (!isDataset && !areExamples(data)) throw wrong(who, 'data', '[x, y], two tensors, or a dataset', data);
}

/**
 * Runs a function on all batches of some data.
 *
 * @returns The number of examples.
 * @throws if the data does not have the inputs and outputs of the model, or no examples.
 */
export async function eachEvaluationBatch(
  who: string,
  model: LayersModel,
  data: Examples | Batches,
  batchSize: number,
  run: (inputs: Tensor[], targets: Tensor[]) => Promise<void>,
): Promise<number> {
  buildGraph(model);
  const {inputNames, outputNames} = model;
  let examples = 0;
  const runOn = async (inputs: Tensor[], targets: Tensor[]) => {
    assertTensorCounts(who, model, inputs, targets);
    await run(inputs, targets);
    examples += targets[0].shape[0];
  };
  if ('iterator' in data) {
    const iterator = await data.iterator();
    for (let {done, value} = await iterator.next(); !done; {done, value} = await iterator.next()) {
      await runOn(listOf(value.xs, inputNames), listOf(value.ys, outputNames)).finally(() =>
        dispose({...value}),
      );
      await yieldToEventLoop();
    }
  } else {
    assertSameCount(who, data);
    await eachBatch(data, {batchSize}, runOn);
  }
  if (examples === 0) throw new Error(`${who}: data has no examples`);
  return examples;
}

/** Throws unless all inputs and targets have the same number of examples. */
function assertSameCount(who: string, data: Examples): void {
  const [x, y] = data.map((tensors) => [tensors].flat().map(({shape}) => shape[0]));
  if ([...x, ...y].some((count) => count !== x[0])) {
    throw new Error(`${who}: x has ${x.join(', ')} examples, y ${y.join(', ')}`);
  }
}

/** Tensors as a list, in the order of the names if they are named. */
function listOf(tensors: Tensor | Tensor[] | NamedTensorMap, names: readonly string[]): Tensor[] {
  if (tensors instanceof Tensor || Array.isArray(tensors)) return [tensors].flat();
  return names.flatMap((name) => tensors[name] ?? []);
}
