import {dispose, slice, Tensor, tidy} from '@tensorflow/tfjs-core';
import {yieldToEventLoop} from '../util/yieldToEventLoop';

/** A tensor of examples, or a list with a tensor for each input or output. */
export type Tensors = Tensor | Tensor[];

/** Inputs and targets of examples. */
export type Examples = readonly [x: Tensors, y: Tensors];

/** Whether a value is inputs and targets. */
export function areExamples(value: unknown): value is Examples {
  const areTensors = (one: unknown) =>
    [one].flat().length > 0 && [one].flat().every((tensor) => tensor instanceof Tensor);
  return Array.isArray(value) && value.length === 2 && value.every(areTensors);
}

/** Slices of up to `count` examples from `start` on. */
export function sliceExamples(tensors: Tensors, start: number, count: number): Tensor[] {
  return [tensors].flat().map((tensor) => {
    const [examples, ...shape] = tensor.shape;
    return slice(tensor, start, [Math.min(count, examples - start), ...shape]);
  });
}

/**
 * Runs a function on one batch of examples after another, and yields to the event loop in between.
 *
 * @param data Lists of tensors with the same number of examples, such as inputs and targets; each is sliced into batches.
 * @param run Gets a slice of each list. The slices are disposed afterwards.
 */
export async function eachBatch(
  data: readonly Tensors[],
  {batchSize, batches = Number.POSITIVE_INFINITY}: {batchSize: number; batches?: number},
  run: (...slices: Tensor[][]) => Promise<void> | void,
): Promise<void> {
  const [first] = [data[0]].flat();
  const end = Math.min(first.shape[0], batches * batchSize);
  for (let start = 0; start < end; start += batchSize) {
    const slices = tidy(() => data.map((tensors) => sliceExamples(tensors, start, batchSize)));
    try {
      await run(...slices);
    } finally {
      dispose(slices);
    }
    await yieldToEventLoop();
  }
}
