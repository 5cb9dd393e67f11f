import {tfjsBytes} from 'virtual:tfjs-bytes';
import {type Tensor, tensor4d, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {ship} from 'tfjs-pruning';
import type {Shipment} from '../protocol';
import {SIDE, SIZE} from '../shards';
import type {Network} from './network';
import {gzipped} from './onePage';

/** Times are the least of so many rounds, each of this many milliseconds. */
const ROUNDS = 3;
const ROUND = 6;

/** Ships the pruned network as a module, and measures it beside the dense network in tfjs. */
export async function measureModule({dense, pruned}: Network, digit: Float32Array): Promise<Shipment> {
  const text = await ship(pruned, {values: 'int8'});
  const weights = await Promise.all(dense.trainableWeights.map((weight) => weight.read().data()));
  const url = URL.createObjectURL(new Blob([text], {type: 'text/javascript'}));
  try {
    const {predict} = await import(/* @vite-ignore */ url);
    return {
      bytes: await gzipped([text]),
      tfjsBytes: tfjsBytes + (await gzipped(weights as Float32Array<ArrayBuffer>[])),
      microseconds: await least(async () => predict(digit)),
      tfjsMicroseconds: await timeOf(dense, digit),
    };
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function timeOf(model: LayersModel, digit: Float32Array): Promise<number> {
  const x = tensor4d(digit.subarray(0, SIZE), [1, SIDE, SIDE, 1]);
  const microseconds = await least(async () => {
    const output = tidy(() => model.predictOnBatch(x) as Tensor);
    await output.data();
    output.dispose();
  });
  x.dispose();
  return microseconds;
}

/** The time of a call in microseconds: the mean of a round, the least of some. */
async function least(call: () => Promise<unknown>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    let [calls, passed] = [0, 0];
    while (passed < ROUND) {
      await call();
      calls++;
      passed = performance.now() - started;
    }
    fastest = Math.min(fastest, (passed / calls) * 1000);
  }
  return fastest;
}
