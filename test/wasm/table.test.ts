import {readFileSync, writeFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {enableTraining} from '../../src/wasm';
import {fillFreshOutputs, numbers} from './backends';
import {type Row, table} from './table';

type Weights = number[][];

const leaking: string[] = [];

const counts = () => [tf.memory().numTensors, tf.backend().numDataIds()];

/** The weights after three steps. */
async function train(backend: 'cpu' | 'wasm', row: Row): Promise<Weights> {
  const {input, layer = (x) => x, bare, batch = 4, loss = 'meanSquaredError', target = (x) => x} = row;
  await tf.setBackend(backend);
  const start = tf.input({shape: input});
  const first = bare ? start : tf.layers.dense({units: input[input.length - 1]}).apply(start);
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
  // By now the optimizer has what it keeps.
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

/** The weights, or why there are none. */
async function attempt(backend: 'cpu' | 'wasm', row: Row): Promise<Weights | string> {
  // A failed step leaves the tensors of its model.
  tf.engine().startScope();
  try {
    return await train(backend, row);
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  } finally {
    tf.engine().endScope();
  }
}

/** The largest distance of a weight, relative to the largest of its tensor. */
function distance(actual: Weights, expected: Weights): number {
  return Math.max(
    ...expected.map((weight, i) => {
      const largest = Math.max(1e-3, ...weight.map(Math.abs));
      return Math.max(...weight.map((value, j) => Math.abs(value - actual[i][j]))) / largest;
    }),
  );
}

function verdict(actual: Weights | string, expected: Weights | string): string {
  if (typeof expected === 'string') return `no, nor on cpu: \`${expected}\``;
  if (typeof actual === 'string') return `no: \`${actual}\``;
  return distance(actual, expected) < 1e-3 ? 'yes' : 'wrongly';
}

const file = 'docs/wasm-training.md';
const lines: string[] = [];

beforeAll(async () => {
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});

describe.each(Object.entries(table))('enableTraining() trains as the CPU backend does: %s,', (part, rows) => {
  beforeAll(() => {
    lines.push(`## ${part}\n`, '| | without `enableTraining()` | with |', '| --- | --- | --- |');
  });
  afterAll(() => lines.push(''));

  it.each(rows.map((row) => [row.kind, row] as const))('%s', async (kind, row) => {
    const cpu = await attempt('cpu', row);
    const without = verdict(await attempt('wasm', row), cpu);
    const restore = enableTraining();
    const trained = verdict(await attempt('wasm', row), cpu);
    restore();
    lines.push(`| ${kind} | ${without} | ${trained.split(':')[0]} |`);
    expect(trained).toMatch(/^(yes|no, nor on cpu: .*)$/);
    expect(leaking).toEqual([]);
  });
});

it(`is what ${file} says (UPDATE_DOCS=1 writes it)`, () => {
  const before = readFileSync(file, 'utf8');
  const start = before.indexOf('## ');
  const tables = lines.join('\n');
  if (process.env.UPDATE_DOCS) writeFileSync(file, before.slice(0, start) + tables);
  expect(readFileSync(file, 'utf8').slice(start)).toBe(tables);
});
