import * as tf from '@tensorflow/tfjs';
import {numbers} from './backends';
import type {Row} from './table';

type Weights = number[][];

/** The rows that leaked tensors or data in a step. */
export const leaking: string[] = [];

const counts = () => [tf.memory().numTensors, tf.backend().numDataIds()];

/** The weights after three steps. */
async function train(backend: 'cpu' | 'wasm', row: Row): Promise<Weights> {
  const {input, layer = (x) => x, bare, batch = 4, loss = 'meanSquaredError', target = (x) => x} = row;
  await tf.setBackend(backend);
  const start = tf.input({shape: input});
  const first = bare
    ? start
    : tf.layers.dense({units: input[input.length - 1], useBias: !row.unbiased}).apply(start);
  const model = tf.model({inputs: start, outputs: layer(first as tf.SymbolicTensor)});
  tf.tidy(() => model.setWeights(model.getWeights().map(({shape}, i) => numbers(shape, i + 1).mul(0.5))));
  const optimizer = (row.optimizer ?? (() => tf.train.sgd(0.1)))();
  model.compile({optimizer, loss});
  const [x, y] = tf.tidy(() => {
    const x = numbers([batch, ...input], 100);
    const y = numbers([batch, ...(model.outputShape as number[]).slice(1)], 101).abs() as tf.Tensor;
    return [bare ? bare(x) : x, target(y)];
  });
  await model.trainOnBatch(x, y);
  // The optimizer has made its slots by now.
  const before = counts();
  await model.trainOnBatch(x, y);
  await model.trainOnBatch(x, y);
  if (String(counts()) !== String(before)) leaking.push(`${row.kind} on ${backend}`);
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y]);
  if (weights.flat().some(Number.isNaN)) throw new Error('the weights become NaN');
  return weights;
}

/** The weights after three steps, or the error message. */
export async function attempt(backend: 'cpu' | 'wasm', row: Row): Promise<Weights | string> {
  // A failed step does not dispose the tensors of its model.
  tf.engine().startScope();
  try {
    return await train(backend, row);
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  } finally {
    tf.engine().endScope();
  }
}

/** The largest difference of a weight, relative to the largest weight of its tensor. */
function distance(actual: Weights, expected: Weights): number {
  return Math.max(
    ...expected.map((weight, i) => {
      const largest = Math.max(1e-3, ...weight.map(Math.abs));
      return Math.max(...weight.map((value, j) => Math.abs(value - actual[i][j]))) / largest;
    }),
  );
}

/** Whether the backend trains to the weights of the CPU backend, or of the definition if the CPU backend is wrong. */
export function verdict(
  actual: Weights | string,
  expected: Weights | string,
  {cpuIsWrong = false}: Row,
): string {
  if (typeof expected === 'string') return `no, nor on cpu: \`${expected}\``;
  if (typeof actual === 'string') return `no: \`${actual}\``;
  const isSame = distance(actual, expected) < 1e-3;
  if (cpuIsWrong) return isSame ? 'wrongly, as on cpu' : 'yes, unlike cpu';
  return isSame ? 'yes' : 'wrongly';
}
