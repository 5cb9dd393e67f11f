import * as tf from '@tensorflow/tfjs';
import {constant, linear, prune} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {examples, masksOf} from '../support/models';
import {compiled, fitOn} from '../support/training';

it('history.sparsity is after the update of an epoch, and its val_loss was measured before', async () => {
  const {x, y} = examples();
  const [model, unpruned] = [compiled(), compiled()];
  const history = await fitOn(model, {
    epochs: 2,
    validationData: [x, y],
    callbacks: [pruning({schedule: constant(0.5), begin: 0, end: 0})],
  });
  const plain = await fitOn(unpruned, {epochs: 2, validationData: [x, y]});
  expect(history.sparsity).toEqual([0.5, 0.5]);
  expect(history.val_loss[0]).toBe(plain.val_loss[0]);
  expect(history.val_loss[1]).not.toBe(plain.val_loss[1]);
});

it('history.sparsity includes earlier masks, also before the first update', async () => {
  const model = compiled();
  await prune(model, 0.5);
  const {sparsity} = await fitOn(model, {
    epochs: 4,
    callbacks: [pruning({schedule: linear({from: 0.6, to: 0.8}), begin: 2, end: 3})],
  });
  expect(sparsity).toEqual([0.5, 0.5, 1 - 17 / 42, 1 - 9 / 42]);
});

it('history.sparsity counts all prunable weights, whatever weights the recipe selects', async () => {
  const model = compiled();
  const callback = pruning({schedule: constant(0.5), end: 0, where: ['output']});
  const {sparsity} = await fitOn(model, {epochs: 2, callbacks: [callback]});
  expect(sparsity).toEqual([1 - 33 / 42, 1 - 33 / 42]);
  expect(masksOf(model)[0]).not.toContain(0);
});

it('a callback can monitor the sparsity', async () => {
  const model = compiled();
  const callbacks = [
    pruning({schedule: linear({to: 0.6}), begin: 0, end: 3}),
    tf.callbacks.earlyStopping({monitor: 'sparsity', mode: 'max', patience: 1}),
  ];
  const {sparsity} = await fitOn(model, {epochs: 20, callbacks});
  // It grows until epoch 3, and training stops when it has not for one epoch.
  expect(sparsity).toHaveLength(5);
});
