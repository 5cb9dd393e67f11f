import * as tf from '@tensorflow/tfjs';
import {global, hessian, measure, prunableWeights, prune, taylor} from 'tfjs-pruning';
import {distillation, pruning, regrowth} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {hessianDiagonal, meanOutput} from 'tfjs-pruning/statistics';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, oneDense, seeded} from '../support/models';

const [EXAMPLES, INPUTS, HIDDEN, OUTPUTS] = [16, 3, 5, 3];
const x = tf.randomNormal([EXAMPLES, INPUTS], 0, 1, 'float32', 1);
const classes = [...Array(EXAMPLES).keys()].map((i) => (i * 7) % OUTPUTS);
const oneHot = tf.oneHot(tf.tensor1d(classes, 'int32'), OUTPUTS).cast('float32');
const numbers = tf.randomNormal([EXAMPLES, OUTPUTS], 0, 1, 'float32', 2);
const rows = numbers.arraySync() as number[][];

/** Two layers without biases, which most rows of the table below share. */
function network(activation: 'softmax' | 'sigmoid' | 'linear', loss: Loss): tf.Sequential {
  const model = tf.sequential({
    layers: [
      prunableDense({
        units: HIDDEN,
        inputShape: [INPUTS],
        activation: 'relu',
        useBias: false,
        kernelInitializer: seeded(3),
      }),
      prunableDense({units: OUTPUTS, activation, useBias: false, kernelInitializer: seeded(4), name: 'out'}),
    ],
  });
  model.compile({optimizer: 'sgd', loss});
  return model;
}

type Loss = string | ((target: tf.Tensor, output: tf.Tensor) => tf.Tensor);

// The losses of an example in double precision, written out.
const exp = (z: number[]) => z.map(Math.exp);
const sum = (values: number[]) => values.reduce((total, value) => total + value);
const softplus = (z: number) => Math.log(1 + Math.exp(z));
const crossentropy = (z: number[], i: number) => Math.log(sum(exp(z))) - z[classes[i]];
const labels = (z: number[], i: number) =>
  sum(z.map((logit, k) => softplus(logit) - (k === classes[i] ? logit : 0))) / OUTPUTS;
const squares = (z: number[], i: number) => sum(z.map((value, k) => (value - rows[i][k]) ** 2)) / OUTPUTS;

const {softmaxCrossEntropy, sigmoidCrossEntropy, logLoss, meanSquaredError} = tf.losses;
const indices = tf.tensor2d(classes, [EXAMPLES, 1]);

describe('hessianDiagonal approaches the second derivatives of the loss by each weight', () => {
  it.each<[string, tf.Tensor, 'softmax' | 'sigmoid' | 'linear', Loss, (z: number[], i: number) => number]>([
    ['categoricalCrossentropy', oneHot, 'softmax', 'categoricalCrossentropy', crossentropy],
    ['sparseCategoricalCrossentropy', indices, 'softmax', 'sparseCategoricalCrossentropy', crossentropy],
    ['softmaxCrossEntropy', oneHot, 'linear', softmaxCrossEntropy, crossentropy],
    ['binaryCrossentropy', oneHot, 'sigmoid', 'binaryCrossentropy', labels],
    ['sigmoidCrossEntropy', oneHot, 'linear', sigmoidCrossEntropy, labels],
    ['logLoss', oneHot, 'sigmoid', logLoss, labels],
    ['meanSquaredError', numbers, 'linear', 'meanSquaredError', squares],
    ['the function meanSquaredError', numbers, 'linear', meanSquaredError, squares],
  ])('with %s', async (_, y, activation, loss, lossOf) => {
    const model = network(activation, loss);
    const times = 250;
    const found = await measure(model, x.tile([times, 1]), y.tile([times, 1]), {
      needs: [hessianDiagonal],
      batchSize: EXAMPLES,
    });
    const estimate = [...found.values()].flatMap(({hessianDiagonal: values}) => [...values]);
    const exact = secondDerivatives(model, lossOf);
    const error = Math.hypot(...estimate.map((value, i) => value - exact[i])) / Math.hypot(...exact);
    // The standard deviation of a square is √2 times its mean: √2 / √250 = 0.09.
    expect(error).toBeLessThan(0.15);
    model.dispose();
  });
});

/** The diagonal of the Hessian of the mean loss, by differences in double precision. */
function secondDerivatives(model: tf.LayersModel, lossOf: (z: number[], i: number) => number): number[] {
  const weights = prunableWeights(model).flatMap(({value}) => [...value.dataSync()]);
  const examples = x.arraySync() as number[][];
  const product = (row: number[], from: number, columns: number) =>
    [...Array(columns).keys()].map((k) =>
      sum(row.map((value, i) => value * weights[from + i * columns + k])),
    );
  const total = () =>
    sum(
      examples.map((row, i) => {
        const hidden = product(row, 0, HIDDEN).map((value) => Math.max(0, value));
        return lossOf(product(hidden, INPUTS * HIDDEN, OUTPUTS), i);
      }),
    ) / EXAMPLES;
  const STEP = 1e-4;
  return weights.map((weight, i) => {
    const [above, at, below] = [STEP, 0, -STEP].map((change) => {
      weights[i] = weight + change;
      return total();
    });
    weights[i] = weight;
    return (above - 2 * at + below) / STEP ** 2;
  });
}

it('hessianDiagonal is exact for a linear layer and one example per batch', async () => {
  const model = oneDense([
    [1, -2],
    [0, 3],
  ]);
  model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
  const given = tf.tensor2d([
    [1, 0],
    [1, 1],
    [0, 2],
    [-1, 0],
  ]);
  const found = await measure(model, given, tf.zeros([4, 2]), {needs: [hessianDiagonal], batchSize: 1});
  // The loss of an example is ½ · Σ (o − y)², with a second derivative of x²; 3/4 and 5/4 are the means of x².
  expect([...found.values()].map(({hessianDiagonal: values}) => [...values])).toEqual([
    [0.75, 0.75, 1.25, 1.25].map((value) => expect.closeTo(value, 5)),
  ]);
  model.dispose();
});

it('hessian() leaves statistics of other sources unchanged', async () => {
  const model = network('softmax', 'categoricalCrossentropy');
  const needs = [meanOutput, ...(taylor().needs ?? [])];
  const alone = await measure(model, x, oneHot, {needs, batchSize: 4});
  const beside = await measure(model, x, oneHot, {needs: [...needs, hessianDiagonal], batchSize: 4});
  for (const [name, statistics] of alone) expect(beside.get(name)).toMatchObject(statistics);
  model.dispose();
});

it('hessian({every: 3}) runs the model twice in one batch of three', async () => {
  const model = network('softmax', 'categoricalCrossentropy');
  const call = jest.spyOn(model.layers[0], 'call');
  const {needs} = hessian({every: 3});
  await measure(model, x, oneHot, {needs, batchSize: 2});
  // Batches 0, 3 and 6 of 8.
  expect(call).toHaveBeenCalledTimes(3);
  model.dispose();
});

it('hessian() prunes by data, and in fit by the batches of the training', async () => {
  const [byData, inFit] = [0, 1].map(() => network('softmax', 'categoricalCrossentropy'));
  await expectNoLeakedTensors(async () => {
    const recipe = {importance: hessian(), allocation: global()};
    await prune(byData, 0.5, {...recipe, data: [x, oneHot]});
    // A rate of 0 keeps the weights.
    Object.assign(inFit.optimizer, {learningRate: 0});
    (inFit.optimizer as tf.SGDOptimizer).setLearningRate(0);
    const callback = pruning({schedule: () => 0.5, begin: 0, end: 0, ...recipe});
    await inFit.fit(x, oneHot, {batchSize: 32, epochs: 1, shuffle: false, verbose: 0, callbacks: [callback]});
  });
  expect(masksOf(inFit)).toEqual(masksOf(byData));
});

it('a teacher does not change hessian()', async () => {
  const [plain, taught] = [0, 1].map(() => network('softmax', 'categoricalCrossentropy'));
  const teacher = network('softmax', 'categoricalCrossentropy');
  for (const model of [plain, taught]) (model.optimizer as tf.SGDOptimizer).setLearningRate(0);
  const train = (model: tf.LayersModel, callbacks: tf.Callback[]) =>
    model.fit(x, oneHot, {batchSize: 4, epochs: 1, shuffle: false, verbose: 0, callbacks});
  const pruned = () => pruning({schedule: () => 0.5, begin: 0, end: 0, importance: hessian()});
  await train(plain, [pruned()]);
  await train(taught, [distillation({teacher}), pruned()]);
  expect(masksOf(taught)).toEqual(masksOf(plain));
});

it('hessian() leaves frozen layers of a fit alone', async () => {
  const model = network('softmax', 'categoricalCrossentropy');
  model.layers[0].trainable = false;
  model.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});
  const callback = pruning({schedule: () => 0.5, begin: 0, end: 0, importance: hessian()});
  await model.fit(x, oneHot, {epochs: 1, verbose: 0, callbacks: [callback]});
  expect(callback.results[0].skipped).toEqual([
    {name: expect.stringMatching(/dense/), reason: 'it has no hessianDiagonal'},
  ]);
});

it.each<[string, Loss]>([
  ['"meanAbsoluteError"', 'meanAbsoluteError'],
  ['a function', (a: tf.Tensor, b: tf.Tensor) => tf.losses.huberLoss(a, b)],
])('hessian() refuses the loss %s before the first batch', async (name, loss) => {
  const model = network('linear', loss);
  const callback = pruning({schedule: () => 0.5, begin: 0, end: 0, importance: hessian()});
  const message = `the importance samples targets, which the loss of output "out", ${name}, has no distribution for`;
  await expect(model.fit(x, numbers, {epochs: 1, verbose: 0, callbacks: [callback]})).rejects.toThrow(
    `pruning: ${message}`,
  );
  await expect(prune(model, 0.5, {importance: hessian(), data: [x, numbers]})).rejects.toThrow(
    `prune: ${message}`,
  );
});

it('regrowth refuses hessian()', () => {
  expect(() => regrowth({by: hessian()})).toThrow('regrowth: the importance samples targets');
});
