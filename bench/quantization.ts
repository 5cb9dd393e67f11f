import * as tf from '@tensorflow/tfjs';
import {global, prune} from 'tfjs-pruning';
import {type QuantizationOptions, quantization} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {networks} from '../demo/networks';
import {type Figure, ratio} from './ratio';
import {compiled, examples} from './step';

const BATCH = 64;
const STEPS = 32;

const cases: [name: keyof typeof networks, title: string, sparsity: number, options: QuantizationOptions][] =
  [
    ['mlp', 'LeNet-300-100 at 90 %, 4 bits', 0.9, {bits: 4}],
    ['mlp', 'LeNet-300-100 dense, 4 bits', 0, {bits: 4}],
    ['mlp', 'LeNet-300-100 dense, 8 bits per channel', 0, {bits: 8, granularity: 'channel'}],
    ['lenet5', 'LeNet-5 at 90 %, 4 bits', 0.9, {bits: 4}],
  ];

/** The overhead of `quantization` in an epoch of 32 batches on WASM. */
export async function quantizing(rounds: number): Promise<Figure[]> {
  const disable = enableTraining();
  const {x, y} = examples(BATCH * STEPS);
  const figures = [];
  for (const [name, title, sparsity, options] of cases) {
    const [rounded, other] = [0, 1].map(() => compiled(networks[name]([28, 28, 1], 10, 1)));
    for (const model of [rounded, other]) await prune(model, sparsity, {allocation: global()});
    const epoch = (model: tf.LayersModel, callbacks: tf.Callback[]) =>
      model.fit(x, y, {batchSize: BATCH, epochs: 1, verbose: 0, shuffle: false, callbacks});
    figures.push({
      name: `training on wasm: epoch with quantization / without, ${title}`,
      ratio: await ratio(
        () => epoch(rounded, [quantization(options)]),
        () => epoch(other, []),
        Math.ceil(rounds / STEPS),
      ),
      goal: '<= 1.1',
    });
    rounded.dispose();
    other.dispose();
  }
  tf.dispose([x, y]);
  disable();
  return figures;
}
