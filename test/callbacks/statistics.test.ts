import * as tf from '@tensorflow/tfjs';
import {
  activation,
  activationEntropy,
  apoz,
  channel,
  constant,
  contribution,
  fisher,
  gradient,
  hessian,
  type Importance,
  measure,
  movement,
  prunableWeights,
  prune,
  type Scored,
  taylor,
} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableDense, prunableEmbedding, prunableLstm} from 'tfjs-pruning/layers';
import {meanGradient, meanOutput} from 'tfjs-pruning/statistics';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, mlp} from '../support/models';

const x = tf.randomNormal([16, 4], 0, 1, 'float32', 1);
const y = tf.randomUniform([16, 3], 0, 1, 'float32', 2);

function compiled(optimizer = tf.train.sgd(0.1)): tf.Sequential {
  const model = mlp();
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

/** An importance with the needs of another, which shows what it is given. */
function spy(importance: Importance) {
  const seen: Scored[] = [];
  return {
    seen,
    importance: Object.assign(
      (weight: Scored) => {
        seen.push({...weight, value: tf.keep(weight.value.clone()) as never});
        return importance(weight);
      },
      {needs: importance.needs},
    ),
  };
}

const train = (model: tf.LayersModel, callback: tf.Callback, epochs = 2) =>
  model.fit(x, y, {epochs, batchSize: 4, shuffle: false, verbose: 0, callbacks: [callback]});

it('gradient statistics of an epoch are the gradients of its steps', async () => {
  // With SGD and a learning rate of 0.1 the mean of four gradients is the step over the epoch, divided by −0.4.
  const model = compiled();
  const [hidden] = prunableWeights(model);
  const before = tf.keep(hidden.value.clone());
  const {importance, seen} = spy(Object.assign(({value}: Scored) => tf.abs(value), {needs: [meanGradient]}));
  await train(model, pruning({schedule: constant(0.5), begin: 0, end: 0, importance}), 1);
  const [{statistics, value}] = seen;
  const step = tf.sub(before, value).dataSync();
  for (const [i, mean] of statistics.meanGradient.entries()) expect(mean).toBeCloseTo(step[i] / 0.4, 5);
});

it('output statistics cover the epoch at whose end masks are updated', async () => {
  // A rate of 0 keeps the network as it is, so that measure sees what fit saw.
  const model = compiled(tf.train.sgd(0));
  const {importance, seen} = spy(Object.assign(({value}: Scored) => tf.abs(value), {needs: [meanOutput]}));
  await train(model, pruning({schedule: constant(0), begin: 0, end: 1, importance}));
  const expected = await measure(model, x, undefined, {needs: [meanOutput], batchSize: 4});
  expect(seen.map(({name}) => name)).toEqual([...expected.keys(), ...expected.keys()]);
  for (const {name, statistics} of seen) {
    expect(Array.from(statistics.meanOutput)).toEqual(
      Array.from(expected.get(name)?.meanOutput ?? [], (value) => expect.closeTo(value, 5)),
    );
  }
});

it.each([
  ['gradient', gradient()],
  ['taylor', taylor()],
  ['fisher', fisher()],
  ['hessian', hessian()],
  ['movement', movement()],
  ['contribution', contribution()],
  ['activation', activation()],
  ['apoz', apoz()],
  ['activationEntropy', activationEntropy()],
  ['activationEntropy of inputs', activationEntropy({side: 'input'})],
])('%s prunes elements and channels in fit, and leaks nothing', async (_, importance) => {
  for (const pattern of [undefined, channel()]) {
    const model = compiled();
    const {optimizer} = model;
    await model.fit(x, y, {epochs: 1, verbose: 0});
    const methods = [...model.layers.map(({call}) => call), optimizer.applyGradients];
    await expectNoLeakedTensors(async () => {
      const callback = pruning({
        schedule: constant(0.5),
        begin: 0,
        end: 1,
        importance,
        pattern,
        where: ['hidden'],
      });
      const {history} = await train(model, callback);
      expect(callback.results[0].weights[0].kept).toBe(pattern ? 3 : 12);
      expect(history.sparsity[1]).toBeCloseTo(12 / 42);
    });
    expect([...model.layers.map(({call}) => call), optimizer.applyGradients]).toEqual(methods);
    model.dispose();
  }
});

it('statistics by batches cover the batches since the last update', async () => {
  const model = compiled();
  const {importance, seen} = spy(taylor());
  const callback = pruning({schedule: constant(0.5), unit: 'batch', begin: 1, end: 5, every: 2, importance});
  await expectNoLeakedTensors(async () => {
    await train(model, callback);
    tf.dispose(seen.map(({value}) => value));
  });
  expect(callback.results).toHaveLength(3);
});

it('statistics with a decay cover the whole run', async () => {
  const model = compiled(tf.train.sgd(0));
  const {importance, seen} = spy(movement());
  const schedule = constant(0);
  await train(model, pruning({schedule, begin: 0, end: 1, importance, collect: {decay: 1}}));
  const [first, , second] = seen.map(({statistics}) => Array.from(statistics.weightTimesGradient));
  expect(second).toEqual(first.map((sum) => expect.closeTo(2 * sum, 5)));
});

it('a frozen layer has no gradients: it is left unchanged and listed', async () => {
  const model = mlp();
  model.layers[0].trainable = false;
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const callback = pruning({schedule: constant(0.5), begin: 0, end: 0, importance: taylor()});
  await train(model, callback);
  expect(masksOf(model)[0]).not.toContain(0);
  expect(masksOf(model)[1]).toContain(0);
  expect(callback.results[0].skipped).toEqual([{name: 'hidden/kernel', reason: 'it has no meanAbsGradient'}]);
  expect(`${callback.results[0]}`).toMatch(/hidden\/kernel is unchanged: it has no meanAbsGradient$/);
});

it('a frozen layer is pruned by the gradients of measure()', async () => {
  const model = mlp();
  model.layers[0].trainable = false;
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const importance = taylor();
  const statistics = await measure(model, x, y, {needs: importance.needs});
  const callback = pruning({schedule: constant(0.5), begin: 0, end: 0, importance, statistics});
  await train(model, callback);
  expect(masksOf(model)[0]).toContain(0);
  expect(callback.results[0].skipped).toEqual([]);
});

it('statistics are detached when fit throws', async () => {
  const broken = () => {
    throw new Error('broken');
  };
  class Broken extends tf.Callback {
    override async onEpochEnd() {
      broken();
    }
  }
  const leaked = async (callback: tf.Callback) => {
    const model = compiled();
    const methods = [model.layers[0].call, model.optimizer.applyGradients];
    const before = tf.memory().numTensors;
    await expect(train(model, callback)).rejects.toThrow('broken');
    expect([model.layers[0].call, model.optimizer.applyGradients]).toEqual(methods);
    return tf.memory().numTensors - before;
  };
  // What tfjs itself leaves behind then.
  const own = await leaked(new Broken());
  const importance = Object.assign(broken, {needs: [...(taylor().needs ?? []), meanOutput]});
  expect(await leaked(pruning({schedule: constant(0.5), begin: 0, end: 0, importance}))).toBe(own);
});

it('recurrent text models are scored by gradients and outputs alike', async () => {
  const model = tf.sequential({
    layers: [
      prunableEmbedding({inputDim: 10, outputDim: 4, inputLength: 6, name: 'words'}),
      prunableLstm({units: 4, name: 'lstm'}),
      prunableDense({units: 1, name: 'output'}),
    ],
  });
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const words = tf.randomUniform([8, 6], 0, 10, 'int32', 1);
  for (const importance of [taylor(), contribution(), activation(), activationEntropy()]) {
    const callback = pruning({
      schedule: constant(0.5),
      begin: 0,
      end: 0,
      importance,
      pattern: channel(),
      where: ['lstm'],
      collect: {steps: [1, 6]},
    });
    await model.fit(words, tf.ones([8, 1]), {epochs: 1, verbose: 0, callbacks: [callback]});
    expect(callback.results[0].weights.map(({kept}) => kept)).toEqual([2, 2]);
  }
});

it('prune() reports missing statistics', async () => {
  const model = compiled();
  await expect(prune(model, 0.5, {importance: taylor()})).rejects.toThrow(
    'prune: the importance needs meanAbsGradient, and no weight has it; ' +
      'give data: [x, y], or prune in fit with pruning()',
  );
  expect(masksOf(model).flat()).not.toContain(0);
});

it('prune() rejects statistics that are not finite', async () => {
  const model = compiled();
  const importance = taylor();
  const statistics = new Map(
    prunableWeights(model).map(({name, value}) => [
      name,
      {meanAbsGradient: new Float32Array(value.size).fill(Number.NaN)},
    ]),
  );
  await expect(prune(model, 0.5, {importance, statistics})).rejects.toThrow('has score NaN at element 0');
  expect(masksOf(model).flat()).not.toContain(0);
});

it.each([
  [{decay: 2}, 'pruning: decay must be a number above 0 and at most 1, got 2'],
  [{steps: [4, 2]}, 'pruning: steps must be two whole numbers'],
  [{window: 3}, 'pruning: collect: unknown option "window"'],
])('pruning() rejects collect: %p', (collect, message) => {
  expect(() => pruning({schedule: constant(0.5), collect: collect as never})).toThrow(message);
});
