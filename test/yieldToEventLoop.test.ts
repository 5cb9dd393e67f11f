import * as tf from '@tensorflow/tfjs';
import {prune} from 'tfjs-pruning';
import {yieldToEventLoop} from '../src/util/yieldToEventLoop';
import {mlp} from './support/models';

/** Keeps the thread busy. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

it('yieldToEventLoop() lets timers run', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for (let i = 0; i < 10; i++) {
    work(30);
    await yieldToEventLoop();
  }
  clearInterval(timer);
  expect(turns).toBeGreaterThanOrEqual(5);
});

it('yieldToEventLoop() returns immediately if timers ran within 25 ms', async () => {
  let [calls, turns] = [0, 0];
  // A busy machine may suspend the thread for longer, but not each time.
  for (let trial = 0; trial < 20 && (calls <= 100 || turns > 0); trial++) {
    [calls, turns] = [0, 0];
    work(30);
    await yieldToEventLoop();
    const started = performance.now();
    const waiting = setImmediate(() => turns++);
    while (performance.now() - started < 10) {
      await yieldToEventLoop();
      calls++;
    }
    clearImmediate(waiting);
  }
  expect(calls).toBeGreaterThan(100);
  expect(turns).toBe(0);
});

it('yieldToEventLoop() takes little time', async () => {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    work(30);
    const started = performance.now();
    await yieldToEventLoop();
    shortest = Math.min(shortest, performance.now() - started);
  }
  expect(shortest).toBeLessThan(10);
});

it('prune() lets timers run between weights', async () => {
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
