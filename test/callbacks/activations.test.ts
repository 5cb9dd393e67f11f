import * as tf from '@tensorflow/tfjs';
import {activationEntropyLoss, activationKlLoss, activationL1Loss, l1} from 'tfjs-pruning';
import {sparsityLoss} from 'tfjs-pruning/callbacks';
import {prunable} from 'tfjs-pruning/layers';
import {backends, useBackend} from '../support/backends';
import {examples, mlp, seeded} from '../support/models';
import {fitOn} from '../support/training';

/** A network with a hidden layer of sigmoids, and what its units put out on average. */
async function sigmoids(): Promise<tf.LayersModel> {
  const model = await prunable(
    tf.sequential({
      layers: [
        tf.layers.dense({
          units: 6,
          inputShape: [4],
          activation: 'sigmoid',
          kernelInitializer: seeded(1),
          biasInitializer: seeded(2),
          name: 'hidden',
        }),
        tf.layers.dense({units: 3, kernelInitializer: seeded(3), name: 'output'}),
      ],
    }),
  );
  model.compile({optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError'});
  return model;
}
function meansOf(model: tf.LayersModel): number[] {
  return tf.tidy(() => [...tf.mean(model.layers[0].apply(examples().x) as tf.Tensor, 0).dataSync()]);
}
const entropyOf = (means: number[]) => {
  const total = means.reduce((sum, mean) => sum + mean, 0);
  return -means.reduce((sum, mean) => sum + (mean / total) * Math.log(mean / total), 0);
};
async function trained(
  penalty: Parameters<typeof sparsityLoss>[0]['penalty'] | undefined,
): Promise<number[]> {
  const model = await sigmoids();
  const callbacks = penalty && [sparsityLoss({penalty, strength: 2, where: ['hidden']})];
  await fitOn(model, {epochs: 80, callbacks});
  return meansOf(model);
}

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('activationL1Loss() makes the outputs of units smaller', async () => {
    const sum = (means: number[]) => means.reduce((all, mean) => all + mean, 0);
    expect(sum(await trained(activationL1Loss()))).toBeLessThan(0.7 * sum(await trained(undefined)));
  });

  it('activationKlLoss({rho}) moves the mean outputs of units to rho', async () => {
    const distance = (means: number[]) => Math.max(...means.map((mean) => Math.abs(mean - 0.2)));
    expect(distance(await trained(activationKlLoss({rho: 0.2})))).toBeLessThan(0.1);
    expect(distance(await trained(undefined))).toBeGreaterThan(0.2);
  });

  it('activationEntropyLoss() concentrates outputs in few units, and spreads them when maximized', async () => {
    const [few, all, free] = [
      entropyOf(await trained(activationEntropyLoss())),
      entropyOf(await trained(activationEntropyLoss({direction: 'maximize'}))),
      entropyOf(await trained(undefined)),
    ];
    expect(few).toBeLessThan(free - 0.1);
    expect(all).toBeGreaterThan(free);
    expect(all).toBeLessThanOrEqual(Math.log(6) + 1e-6);
  });
});

it('the loss that fit logs includes activation penalties of training passes only', async () => {
  const model = mlp();
  model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
  const {x, y} = examples();
  const [plain] = (await fitOn(model, {epochs: 1})).loss as number[];
  const {loss, val_loss} = await fitOn(model, {
    epochs: 2,
    validationData: [x, y],
    callbacks: [sparsityLoss({penalty: activationL1Loss(), strength: 2})],
  });
  const cost = tf.tidy(() => {
    const hidden = model.layers[0].apply(x) as tf.Tensor;
    const meanOf = (output: tf.Tensor) => tf.sum(tf.mean(tf.abs(output), 0)).dataSync()[0];
    return 2 * (meanOf(hidden) + meanOf(model.layers[1].apply(hidden) as tf.Tensor));
  });
  for (const value of loss as number[]) {
    expect(value - plain).toBeCloseTo(cost, 4);
  }
  expect(val_loss[0]).toBeCloseTo(plain, 4);
});

it('penalties on activations and on weights add up', async () => {
  const lossOf = async (callbacks: tf.Callback[]) => {
    const model = mlp();
    model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
    return (await fitOn(model, {epochs: 1, callbacks})).loss[0] as number;
  };
  const [entropy, weights] = [
    () => sparsityLoss({penalty: activationEntropyLoss(), strength: 0.5}),
    () => sparsityLoss({penalty: l1(), strength: 0.1}),
  ];
  const [none, first, second, both] = [
    await lossOf([]),
    await lossOf([entropy()]),
    await lossOf([weights()]),
    await lossOf([entropy(), weights()]),
  ];
  expect(first).toBeGreaterThan(none);
  expect(both - none).toBeCloseTo(first - none + second - none, 4);
});
