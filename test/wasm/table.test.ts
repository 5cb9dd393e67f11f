import {readFileSync, writeFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {enableTraining} from '../../src/wasm';
import {attempt, leaking, verdict} from './attempt';
import {fillFreshOutputs} from './backends';
import {table} from './table';

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
    const without = verdict(await attempt('wasm', row), cpu, row);
    const restore = enableTraining();
    const trained = verdict(await attempt('wasm', row), cpu, row);
    restore();
    lines.push(`| ${kind} | ${without} | ${trained.split(':')[0]} |`);
    expect(trained).toMatch(/^(yes|yes, unlike cpu|no, nor on cpu: .*)$/);
    expect(leaking).toEqual([]);
  });
});

it(`the table of training on WASM equals ${file} (UPDATE_DOCS=1 writes it)`, () => {
  const before = readFileSync(file, 'utf8');
  const start = before.indexOf('## Layers');
  const tables = lines.join('\n');
  if (process.env.UPDATE_DOCS) writeFileSync(file, before.slice(0, start) + tables);
  expect(readFileSync(file, 'utf8').slice(start)).toBe(tables);
});
