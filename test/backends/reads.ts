import * as tf from '@tensorflow/tfjs';
import {channel, constant, prunableWeights, prune, report, taylor} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {shadow} from '../../src/model/shadow';
import {mlp} from '../support/models';
import {saveAndLoad} from '../support/saving';
import {type Behavior, equal, type Own, ok} from './behavior';
import {compiled, data, images, outputsOf} from './networks';

/** The number of reads, and of rounds of concurrent reads. */
async function readsOf(run: () => Promise<unknown>): Promise<{reads: number; rounds: number}> {
  let [reads, rounds, waiting] = [0, 0, 0];
  const end = shadow(tf.backend(), 'read', (read) => async (...args) => {
    reads++;
    if (waiting++ === 0) rounds++;
    try {
      // Longer than a turn of the event loop, like a device.
      await new Promise((resolve) => setTimeout(resolve, 5));
      return await read(...args);
    } finally {
      waiting--;
    }
  });
  try {
    await run();
  } finally {
    end();
  }
  return {reads, rounds};
}

/** A network after a prediction, so that its weights are on the device. */
async function used(own: Own, make: () => tf.Sequential = images): Promise<tf.Sequential> {
  const model = own(compiled(make()));
  await outputsOf(model, data(own, model).x);
  return model;
}

export const reads: Record<string, Behavior> = {
  'a synchronous read of the device throws in these tests': async (own) => {
    const x = own(tf.tidy(() => tf.square(tf.randomNormal([4]))));
    const said = [() => x.dataSync(), () => x.arraySync()];
    for (const read of said) {
      let message = 'nothing';
      try {
        read();
      } catch (error) {
        ({message} = error as Error);
      }
      equal(message, 'it waits for the device');
    }
  },

  'prune() reads the scores of each weight once, all in one round': async (own) => {
    const model = await used(own);
    const {length} = prunableWeights(model);
    equal(await readsOf(() => prune(model, 0.5)), {reads: length, rounds: 1});
    equal(await readsOf(() => prune(model, 0.6)), {reads: length, rounds: 1});
  },

  'prune() by channels reads the weights in another round, to find constant channels': async (own) => {
    const model = await used(own);
    const {length} = prunableWeights(model);
    // The masks among the weights are on the host.
    const {reads, rounds} = await readsOf(() => prune(model, 0.5, {pattern: channel()}));
    equal(rounds, 2);
    ok(reads <= length + model.getWeights().length, 'nothing is read twice');
  },

  'pruning() in fit reads each statistic and each score once per update, in two rounds': async (own) => {
    const model = await used(own, mlp);
    const {x, y} = data(own, model);
    const train = (callbacks: tf.Callback[]) =>
      model.fit(x, y, {epochs: 1, batchSize: 4, verbose: 0, shuffle: false, callbacks});
    class Idle extends tf.Callback {}
    // The losses that fit itself reads.
    const plain = await readsOf(() => train([new Idle()]));
    const recipe = {importance: taylor(), unit: 'batch', begin: 0, end: 3} as const;
    const pruned = await readsOf(() => train([pruning({...recipe, schedule: constant(0.5)})]));
    equal(pruned.reads - plain.reads, 4 * (2 + 2));
    equal(pruned.rounds - plain.rounds, 4 * 2);
  },

  'report() reads nothing, also during training': async (own) => {
    const model = await used(own);
    await prune(model, 0.5);
    equal(await readsOf(async () => report(model)), {reads: 0, rounds: 0});
  },

  'report() and prune() read no masks of a loaded and used network': async (own) => {
    const saved = own(images());
    await prune(saved, 0.5);
    const model = own(await saveAndLoad(saved));
    await outputsOf(model, data(own, model).x);
    equal(await readsOf(async () => report(model)), {reads: 0, rounds: 0});
    equal(report(model).total, report(saved).total);
    equal(await readsOf(() => prune(model, 0.6)), {reads: prunableWeights(model).length, rounds: 1});
  },
};
