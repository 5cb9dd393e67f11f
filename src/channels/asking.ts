import type {Tensor} from '@tensorflow/tfjs-core';
import {readTogether} from '../model/readTogether';

/** Something that asks for the values of tensors on its way, which are disposed then. */
export type Asking<Result> = Generator<Tensor[], Result, Float32Array[]>;

/** What comes of it, each time it asks in a round to the device and back. */
export async function answer<Result>(asking: Asking<Result>): Promise<Result> {
  let step = asking.next();
  while (!step.done) {
    step = asking.next(await readTogether(step.value));
  }
  return step.value;
}
