import * as tf from '@tensorflow/tfjs';
import {constant, l2} from 'tfjs-pruning';
import {pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import '../support/cpu';

/** The longest time for which a fit with a callback, of 300 ms in steps of a few ms, held a timer up. */
async function longestHoldUp(callback: tf.Callback): Promise<number> {
  const model = tf.sequential({
    layers: [prunableDense({units: 32, inputShape: [32]}), prunableDense({units: 8})],
  });
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const [x, y] = [tf.randomNormal([128, 32]), tf.randomNormal([128, 8])];
  let [last, longest, epochs] = [Number.NaN, 0, 0];
  const timer = setInterval(() => {
    longest = Math.max(longest, cpuTime() - last || 0);
    last = cpuTime();
  }, 1);
  // From the second epoch on, when the code is warm.
  let started = Number.NaN;
  // A tf.CustomCallback would yield by itself, every 125 ms.
  class Stop extends tf.Callback {
    override async onEpochEnd(epoch: number) {
      epochs = epoch;
      if (epoch === 0) {
        started = last = cpuTime();
        longest = 0;
      }
      model.stopTraining = cpuTime() - started > 300;
    }
  }
  try {
    await model.fit(x, y, {epochs: 10_000, batchSize: 16, verbose: 0, callbacks: [callback, new Stop()]});
  } finally {
    clearInterval(timer);
  }
  expect(epochs).toBeGreaterThan(0);
  return Math.max(longest, cpuTime() - last);
}

/** The milliseconds that this process has computed: on a busy machine others take of the time on the clock. */
function cpuTime(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

it.each([
  ['pruning by epochs', () => pruning({schedule: constant(0.5)})],
  ['pruning by batches', () => pruning({schedule: constant(0.5), unit: 'batch'})],
  ['sparsityLoss', () => sparsityLoss({penalty: l2(), strength: 1e-4})],
])('%s never delays a timer by much more than 50 ms', async (_, make) => {
  // A busy machine may hold one up, but not each time.
  let longest = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < 4 && longest > 50; trial++) {
    longest = await longestHoldUp(make());
  }
  expect(longest).toBeLessThan(150);
});

it('fit without such a callback delays timers, so that the tests above can fail', async () => {
  class Idle extends tf.Callback {}
  expect(await longestHoldUp(new Idle())).toBeGreaterThan(250);
});
