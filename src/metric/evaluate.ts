import {dispose, slice, Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {breathe} from '../breathe';
import {describe} from '../tfjs';
import {Counter} from './confusion';
import type {Confusion} from './metric';

/** Examples and their targets, all at once. */
export type Examples = readonly [x: Tensor | Tensor[], y: Tensor];

/** Examples and their targets by batches, as a tf.data.Dataset of `{xs, ys}` gives them. */
export interface Batches {
  iterator(): Promise<{next(): Promise<{done?: boolean; value: {xs: Tensor; ys: Tensor}}>}>;
}

/** Throws unless it is data that can be evaluated. */
export function assertData(who: string, data: unknown): asserts data is Examples | Batches {
  const isBatches = typeof (data as Batches | undefined)?.iterator === 'function';
  const isExamples =
    Array.isArray(data) && data.length === 2 && data.flat().every((tensor) => tensor instanceof Tensor);
  if (!isBatches && !isExamples) {
    throw new Error(`${who}: data must be [x, y], two tensors, or a dataset, got ${describe(data)}`);
  }
}

/** How a model takes each class for which, over all of some data. */
export async function confusionOf(
  model: LayersModel,
  data: Examples | Batches,
  batchSize: number,
): Promise<Confusion> {
  const counter = new Counter();
  const count = async (x: Tensor | Tensor[], y: Tensor) => {
    const outputs = model.predictOnBatch(x) as Tensor;
    try {
      await counter.add(outputs, y);
    } finally {
      outputs.dispose();
    }
  };
  if ('iterator' in data) {
    const iterator = await data.iterator();
    for (let {done, value} = await iterator.next(); !done; {done, value} = await iterator.next()) {
      try {
        await count(value.xs, value.ys);
      } finally {
        dispose(value);
      }
    }
    return counter.confusion();
  }
  const [x, y] = data;
  for (let start = 0; start < y.shape[0]; start += batchSize) {
    const size = Math.min(batchSize, y.shape[0] - start);
    const part = (tensor: Tensor) => slice(tensor, start, [size, ...tensor.shape.slice(1)]);
    const parts = tidy(() => [y, ...[x].flat()].map(part));
    const [targets, ...inputs] = parts;
    try {
      await count(inputs.length === 1 ? inputs[0] : inputs, targets);
    } finally {
      dispose(parts);
    }
    await breathe();
  }
  return counter.confusion();
}
