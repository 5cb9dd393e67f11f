import * as tf from '@tensorflow/tfjs';
import {prune} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {Doubled} from '../support/architectures';
import {expectNoLeakedTensors} from '../support/memory';
import {examples, outputsOf, seeded} from '../support/models';
import {optimizers, slotsOf} from '../support/optimizers';
import {expectRefusal, stateOf} from '../support/state';

/** A plain network for `examples`. */
const plain = (...more: tf.layers.Layer[]) =>
  tf.sequential({
    name: 'plain',
    layers: [
      tf.layers.dense({units: 6, inputShape: [4], kernelInitializer: seeded(1)}),
      tf.layers.dense({units: 3, kernelInitializer: seeded(2)}),
      ...more,
    ],
  });

/** A layer that cannot be rebuilt from its configuration. */
class Forgetful extends Doubled {
  static override className = 'Forgetful';

  constructor(config: {secret?: string}) {
    super({});
    if (config.secret === undefined) {
      throw new Error('no secret');
    }
  }
}

describe.each(optimizers)('with $name', ({make}) => {
  it('the copy of prunable() is compiled like the model, with a separate optimizer of the same settings and state', async () => {
    const model = plain();
    model.compile({optimizer: make(), loss: 'meanAbsoluteError', metrics: ['mse']});
    const {x, y} = examples();
    await model.trainOnBatch(x, y);
    const copy = await prunable(model);
    expect(copy.optimizer).not.toBe(model.optimizer);
    expect(copy.optimizer.constructor).toBe(model.optimizer.constructor);
    expect(copy.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
    const slots = ({optimizer}: tf.LayersModel) =>
      slotsOf(optimizer).map((list) => list.map(({variable}) => [...variable.dataSync()]));
    expect(slots(copy)).toEqual(slots(model));
    expect([copy.loss, copy.metricsNames]).toEqual(['meanAbsoluteError', model.metricsNames]);
    const [a, b] = [copy, model].map((each) =>
      (each.evaluate(x, y) as tf.Scalar[]).map((s) => s.dataSync()[0]),
    );
    expect(a).toEqual(b);
  });

  it('training the copy gives the weights of training the model, and leaves the model unchanged', async () => {
    const {x, y} = examples();
    const model = plain();
    const loss = 'meanSquaredError';
    model.compile({optimizer: make(), loss});
    const copy = await prunable(model);
    const before = stateOf(model);
    const losses = [];
    for (let step = 0; step < 3; step++) {
      losses.push(await copy.trainOnBatch(x, y));
    }
    expect(stateOf(model)).toEqual(before);
    for (const expected of losses) {
      expect(await model.trainOnBatch(x, y)).toEqual(expected);
    }
    expect(outputsOf(copy)).toEqual(outputsOf(model));
  });

  it('disposing the copy frees all of it, with the slots of its optimizer', async () => {
    const {x, y} = examples();
    const model = plain();
    model.compile({optimizer: make(), loss: 'meanSquaredError'});
    await expectNoLeakedTensors(async () => {
      const copy = await prunable(model);
      await copy.trainOnBatch(x, y);
      await prune(copy, 0.5);
      await copy.trainOnBatch(x, y);
      copy.dispose();
    });
  });
});

it('disposing a functional copy also frees the slots of its optimizer', async () => {
  const input = tf.input({shape: [4]});
  const outputs = tf.layers.dense({units: 3}).apply(input) as tf.SymbolicTensor;
  const model = tf.model({inputs: input, outputs});
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const {x, y} = examples();
  await expectNoLeakedTensors(async () => {
    const copy = await prunable(model);
    await copy.trainOnBatch(x, y);
    copy.dispose();
  });
});

it('prunable() keeps a custom loss function and custom metrics', async () => {
  const model = plain();
  const loss = (truth: tf.Tensor, guess: tf.Tensor) => tf.losses.huberLoss(truth, guess);
  model.compile({optimizer: 'sgd', loss, metrics: [tf.metrics.meanAbsoluteError]});
  const copy = await prunable(model);
  expect([copy.loss, copy.metrics]).toEqual([loss, [tf.metrics.meanAbsoluteError]]);
});

it('prunable() leaves a model uncompiled if it was', async () => {
  expect((await prunable(plain())).optimizer).toBeUndefined();
});

it('prunable() with {strict: true} throws if a layer gets no mask, and leaks nothing', async () => {
  const model = plain(new Doubled({name: 'doubled'}));
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  await expectNoLeakedTensors(() =>
    expectRefusal(
      model,
      () => prunable(model, {strict: true}),
      /^prunable: strict, but these layers can have no mask: doubled \(Doubled has no prunable counterpart/,
    ),
  );
});

it('prunable() with {strict: true} accepts a model with masks on all relevant layers', async () => {
  const copy = await prunable(plain(tf.layers.batchNormalization({})), {strict: true});
  expect(copy.layers).toHaveLength(3);
});

it('prunable() throws for a model without maskable layers, and lists its layers', async () => {
  const model = tf.sequential({
    name: 'nothing',
    layers: [tf.layers.flatten({inputShape: [2, 2]}), tf.layers.batchNormalization({})],
  });
  await expectRefusal(
    model,
    () => prunable(model),
    /^prunable: no layer of model "nothing" can have a mask; it has .*Flatten, BatchNormalization; makePrunable/,
  );
});

it('prunable() throws for a model that cannot be rebuilt with the reason, and leaks nothing', async () => {
  const model = plain(new Forgetful({secret: 'x'}));
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  await expectNoLeakedTensors(() =>
    expectRefusal(
      model,
      () => prunable(model),
      /^prunable: cannot rebuild model "plain" from its configuration: layer "forgetful.*" \(Forgetful\).*no secret/,
    ),
  );
  expect(tf.serialization.SerializationMap.getMap().classNameMap.Forgetful).toBeUndefined();
});

it('a failing call of prunable() does not affect a concurrent one', async () => {
  const [good, bad] = [plain(), plain(new Forgetful({secret: 'x'}))];
  const failing = expect(prunable(bad)).rejects.toThrow('no secret');
  const copy = await prunable(good);
  await failing;
  expect(copy.weights.filter((weight) => (weight.read() as tf.Variable).isDisposed)).toEqual([]);
  expect(outputsOf(copy)).toEqual(outputsOf(good));
});

it.each([
  [undefined, 'prunable: expected a tf.LayersModel, got undefined'],
  [{}, 'prunable: expected a tf.LayersModel, got an object'],
  [
    new tf.GraphModel('nowhere'),
    'prunable: a GraphModel cannot be pruned, only a LayersModel can be trained',
  ],
])('prunable() rejects argument %# as a model', async (given, message) => {
  await expect(prunable(given as never)).rejects.toThrow(message);
});

it('prunable() rejects an unknown option', async () => {
  await expect(prunable(plain(), {stict: true} as never)).rejects.toThrow(
    'prunable: unknown option "stict"; there are strict',
  );
});
