import * as tf from '@tensorflow/tfjs';
import {layer, perWeight, prune} from 'tfjs-pruning';
import {prunableLstm} from 'tfjs-pruning/layers';
import {masksOf, mlp} from '../support/models';
import {expectRefusal} from '../support/state';

const kept = (model: tf.LayersModel) => masksOf(model).map((mask) => mask.filter(Boolean).length);

it('perWeight() gives the weights of named layers their sparsity, and the others the requested one', async () => {
  const model = mlp();
  await prune(model, 0.5, {allocation: perWeight({hidden: 0.75})});
  expect(kept(model)).toEqual([6, 9]);
});

it('perWeight() accepts functions of the requested sparsity', async () => {
  const model = mlp();
  await prune(model, 0.5, {allocation: perWeight({output: (sparsity) => sparsity / 3, hidden: () => 0})});
  expect(kept(model)).toEqual([24, 15]);
});

it('perWeight() prefers the name of a weight to that of its layer', async () => {
  const model = tf.sequential({layers: [prunableLstm({units: 2, inputShape: [3, 5], name: 'lstm'})]});
  await prune(model, 0, {allocation: perWeight({lstm: 0.5, 'lstm/recurrentKernel': 0.25})});
  expect(kept(model)).toEqual([20, 12]);
});

it('perWeight() keeps the best unit of each weight, except with layer()', async () => {
  const [model, emptied] = [mlp(), mlp()];
  await prune(model, 0, {allocation: perWeight({hidden: 0.999})});
  expect(kept(model)).toEqual([1, 18]);
  await prune(emptied, 0, {allocation: perWeight({hidden: 0.999}), pattern: layer()});
  expect(kept(emptied)).toEqual([0, 18]);
});

it.each([1, -0.1, Number.NaN, '0.5', undefined, null])('perWeight() rejects the sparsity %p', (sparsity) => {
  expect(() => perWeight({hidden: sparsity as number})).toThrow(
    /^perWeight: the sparsity of "hidden" must be in \[0, 1\), got/,
  );
});

it.each([undefined, null, 0.5])('perWeight() rejects %p', (given) => {
  expect(() => perWeight(given as never)).toThrow('perWeight: expected sparsities by name, as {conv1: 0.5}');
});

it('perWeight() throws for an unknown name and for an invalid result of a function, and leaves the model unchanged', async () => {
  const model = mlp();
  await expectRefusal(
    model,
    () => prune(model, 0.5, {allocation: perWeight({hiden: 0.5})}),
    'perWeight: no weight or layer "hiden" to prune; there are hidden/kernel, hidden, output/kernel, output',
  );
  await expectRefusal(
    model,
    () => prune(model, 0.5, {allocation: perWeight({output: (sparsity) => sparsity + 1})}),
    'perWeight: the sparsity of "output/kernel" must be in [0, 1), got 1.5',
  );
});
