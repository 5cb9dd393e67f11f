import * as tf from '@tensorflow/tfjs';
import {prune} from 'tfjs-pruning';
import {breathe} from '../src/breathe';
import {mlp} from './support/models';

/** Keeps the thread busy. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

it('breathe lets timers have their turn', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for (let i = 0; i < 10; i++) {
    work(30);
    await breathe();
  }
  clearInterval(timer);
  expect(turns).toBeGreaterThanOrEqual(5);
});

it('breathe holds nothing up while timers had their turn within 25 ms', async () => {
  work(30);
  await breathe();
  const started = performance.now();
  let turns = 0;
  const waiting = setImmediate(() => turns++);
  let calls = 0;
  while (performance.now() - started < 10) {
    await breathe();
    calls++;
  }
  clearImmediate(waiting);
  expect(calls).toBeGreaterThan(100);
  expect(turns).toBe(0);
});

it('a breath is short', async () => {
  let spent = 0;
  for (let i = 0; i < 5; i++) {
    work(30);
    const started = performance.now();
    await breathe();
    spent += performance.now() - started;
  }
  expect(spent).toBeLessThan(50);
});

it('prune lets timers have their turn between one weight and the next', async () => {
  let turns = 0;
  const seen: number[] = [];
  const timer = setInterval(() => turns++, 1);
  await prune(mlp(), 0.5, {
    importance: ({value}) => {
      seen.push(turns);
      work(40);
      return tf.abs(value);
    },
  });
  clearInterval(timer);
  expect(seen).toHaveLength(2);
  expect(seen[1]).toBeGreaterThan(seen[0]);
});
