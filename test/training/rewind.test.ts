import * as tf from '@tensorflow/tfjs';
import {channel, prunableWeights, prune, rewind, snapshot, strip} from 'tfjs-pruning';
import {prunable, prunableBatchNormalization, prunableDense} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, mlp, oneDense} from '../support/models';
import {optimizers} from '../support/optimizers';
import {saveAndLoad} from '../support/saving';
import {expectRefusal, stateOf} from '../support/state';
import {compiled, fitOn} from '../support/training';

const valuesOf = (model: tf.LayersModel) => prunableWeights(model).map(({value}) => [...value.dataSync()]);

it('rewind() returns the remaining weights to their values in the snapshot, and leaves the others 0', async () => {
  const model = oneDense([
    [3, 1],
    [-2, 0.5],
  ]);
  const start = await snapshot(model);
  await prune(model, 0.5);
  prunableWeights(model)[0].value.assign(
    tf.tensor2d([
      [7, 0],
      [8, 0],
    ]),
  );
  await rewind(model, start);
  expect(valuesOf(model)).toEqual([[3, 0, -2, 0]]);
  expect(masksOf(model)).toEqual([[1, 0, 1, 0]]);
});

describe.each(optimizers)('with $name', ({make}) => {
  const trained = async (epochs: number) => {
    const model = mlp();
    model.compile({optimizer: make(), loss: 'meanSquaredError'});
    if (epochs > 0) await fitOn(model, {epochs, batchSize: 4});
    return model;
  };

  it.each([0, 2])('training goes on to the bit as it did after epoch %p', async (epochs) => {
    const model = await trained(epochs);
    const start = await snapshot(model);
    await fitOn(model, {epochs: 2, batchSize: 4});
    const after = stateOf(model);
    await rewind(model, structuredClone(start));
    await fitOn(model, {epochs: 2, batchSize: 4});
    expect(stateOf(model)).toEqual(after);
    // So does a copy in another process, whose optimizer has no slots yet.
    const other = await trained(0);
    await rewind(other, start);
    await fitOn(other, {epochs: 2, batchSize: 4});
    expect(stateOf(other)).toEqual(after);
  });

  it('a pruned model trains on as one that was pruned at the time of the snapshot', async () => {
    const [ticket, pruned] = [await trained(1), await trained(1)];
    const start = await snapshot(ticket);
    await fitOn(ticket, {epochs: 2, batchSize: 4});
    await prune(ticket, 0.5);
    await rewind(ticket, start);
    await prune(pruned, 0);
    for (const [i, {mask}] of prunableWeights(pruned).entries()) {
      tf.tidy(() => mask.assign(prunableWeights(ticket)[i].mask.clone()));
    }
    await prune(pruned, 0);
    for (const model of [ticket, pruned]) await fitOn(model, {epochs: 2, batchSize: 4});
    expect(stateOf(ticket)).toEqual(stateOf(pruned));
  });
});

it('a snapshot of the plain model serves the prunable one, and that of an epoch its loaded copy', async () => {
  const plain = await strip(mlp());
  plain.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const start = await snapshot(plain);
  const model = await prunable(plain);
  await fitOn(model, {epochs: 1});
  await prune(model, 0.5);
  const loaded = await saveAndLoad(model, {includeOptimizer: true});
  for (const one of [model, loaded]) await rewind(one, start);
  const values = plain.layers[0].getWeights()[0].dataSync();
  const [mask] = masksOf(model);
  expect(valuesOf(model)[0]).toEqual([...values].map((value, i) => (mask[i] ? value : 0)));
  expect(valuesOf(loaded)).toEqual(valuesOf(model));
});

it('biases and statistics of batch norm are rewound, and those of pruned channels stay 0', async () => {
  const model = tf.sequential({
    layers: [
      prunableDense({units: 4, inputShape: [4], name: 'hidden'}),
      prunableBatchNormalization(),
      prunableDense({units: 3}),
    ],
  });
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const start = await snapshot(model);
  await fitOn(model, {epochs: 3});
  await prune(model, 0.5, {pattern: channel(), where: ['hidden']});
  await rewind(model, start);
  const [gamma, , mean, variance] = model.layers[1].getWeights().map((weight) => [...weight.dataSync()]);
  expect(gamma.filter((one) => one === 0)).toHaveLength(2);
  expect(gamma.filter((one) => one === 1)).toHaveLength(2);
  expect([mean, variance].flat().every((one) => one === 0 || one === 1)).toBe(true);
});

it('{optimizer: false} leaves the optimizer as it is', async () => {
  const model = compiled('adam');
  const start = await snapshot(model);
  await fitOn(model, {epochs: 2});
  const {iterations} = model.optimizer;
  await rewind(model, start, {optimizer: false});
  expect(model.optimizer.iterations).toBe(iterations);
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await rewind(model, start, {optimizer: false});
  await expect(rewind(model, start)).rejects.toThrow(
    'rewind: the snapshot has the state of Adam, and model "' +
      `${model.name}" is compiled with SGD; compile it with that again, or give {optimizer: false}`,
  );
});

it('snapshot() and rewind() leak nothing', async () => {
  const model = compiled('adam');
  await fitOn(model, {epochs: 1});
  await prune(model, 0.5);
  await expectNoLeakedTensors(async () => rewind(model, await snapshot(model)));
});

it('rewind() refuses models with other weights, and leaves them unchanged', async () => {
  const start = await snapshot(compiled('adam'));
  const other = oneDense([[1, 2]]);
  await expectRefusal(
    other,
    () => rewind(other, start),
    /rewind: model ".*" has 2 weights without masks, the snapshot 4; give the model/,
  );
  const wide = tf.sequential({
    layers: [prunableDense({units: 7, inputShape: [4], name: 'hidden'}), prunableDense({units: 3})],
  });
  await expectRefusal(
    wide,
    () => rewind(wide, start),
    /rewind: weight "hidden\/kernel.*" has shape \[4,7\], and "hidden\/kernel.*" in the snapshot \[4,6\]/,
  );
  const frozen = compiled('adam');
  await fitOn(frozen, {epochs: 1});
  const trained = await snapshot(frozen);
  frozen.layers[0].trainable = false;
  frozen.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  await expectRefusal(
    frozen,
    () => rewind(frozen, trained),
    'trains other weights than those of the snapshot',
  );
});
