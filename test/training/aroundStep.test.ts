import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {
  aroundStep,
  type Gradients,
  l1,
  prunableWeights,
  prune,
  type Stage,
  type StepHook,
} from 'tfjs-pruning';
import {sparsityLoss} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {examples, masksOf, mlp, oneDense} from '../support/models';
import {optimizers} from '../support/optimizers';
import {attachmentsOf, stateOf} from '../support/state';
import {compiled, fitOn} from '../support/training';

const scaled =
  (factor: number): StepHook =>
  (gradients, step) =>
    step(
      Object.fromEntries(
        Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
      ),
    );

/** Ways to take one step on the examples. */
const loops: [name: string, train: (model: tf.LayersModel) => unknown][] = [
  ['fit', (model) => fitOn(model, {epochs: 1, batchSize: 16})],
  [
    'fitDataset',
    async (model) => {
      const data = tf.data.generator(function* () {
        const {x, y} = examples();
        yield {xs: x, ys: y};
      });
      await model.fitDataset(data as tf.data.Dataset<tf.TensorContainer>, {epochs: 1, verbose: 0});
    },
  ],
  [
    'trainOnBatch',
    async (model) => {
      const {x, y} = examples();
      tf.dispose([x, y, await model.trainOnBatch(x, y)].filter((one) => typeof one === 'object'));
    },
  ],
  ['minimize', (model) => tf.tidy(() => void model.optimizer.minimize(() => lossOf(model)))],
  [
    'applyGradients',
    (model) => tf.tidy(() => model.optimizer.applyGradients(tf.variableGrads(() => lossOf(model)).grads)),
  ],
];

function lossOf(model: tf.LayersModel): tf.Scalar {
  const {x, y} = examples();
  return tf.losses.meanSquaredError(y, model.apply(x, {training: true}) as tf.Tensor) as tf.Scalar;
}

const valuesOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

describe.each(loops)('in %s', (_, train) => {
  // A custom loop trains every variable of the process.
  beforeEach(() => tf.disposeVariables());

  it('a hook that halves gradients makes SGD step half as far', async () => {
    const [half, plain] = [0, 1].map(() => compiled());
    const begin = valuesOf(plain);
    aroundStep(half, scaled(0.5));
    for (const [model, other] of [
      [half, plain],
      [plain, half],
    ]) {
      for (const weight of other.trainableWeights) (weight.read() as tf.Variable).trainable = false;
      for (const weight of model.trainableWeights) (weight.read() as tf.Variable).trainable = true;
      await train(model);
    }
    for (const [i, values] of valuesOf(plain).entries()) {
      values.forEach((value, at) => {
        expect(valuesOf(half)[i][at]).toBeCloseTo((begin[i][at] + value) / 2, 5);
      });
    }
    expect(valuesOf(plain)).not.toEqual(begin);
  });

  it('without a call of step the batch is skipped, and gradients left out update nothing', async () => {
    const model = compiled('adam');
    const before = valuesOf(model);
    const undo = aroundStep(model, () => {});
    await train(model);
    expect(valuesOf(model)).toEqual(before);
    undo();
    aroundStep(model, ({[prunableWeights(model)[0].value.name]: _, ...others}, step) => step(others));
    await train(model);
    const [hidden, ...others] = valuesOf(model);
    expect(hidden).toEqual(before[0]);
    expect(others).not.toEqual(before.slice(1));
  });

  it('leaks no tensors of a hook', async () => {
    const model = compiled('adam');
    await train(model);
    aroundStep(model, scaled(2));
    await expectNoLeakedTensors(() => train(model));
  });
});

describe.each(optimizers)('with $name', ({make}) => {
  it('a hook that passes the gradients on changes nothing, in any stage', async () => {
    const [hooked, plain] = [0, 1].map(() => {
      const model = mlp();
      model.compile({optimizer: make(), loss: 'meanSquaredError'});
      return model;
    });
    await prune(hooked, 0.5);
    await prune(plain, 0.5);
    for (const stage of ['values', 'masks', 'dense', 'gradients'] as const) {
      aroundStep(hooked, (gradients, step) => step(gradients), {stage});
    }
    for (const model of [hooked, plain]) await fitOn(model, {epochs: 3, batchSize: 4});
    expect(stateOf(hooked)).toEqual(stateOf(plain));
  });
});

it('hooks run in the order of their stages, whatever the order in which they are added', async () => {
  const order = ['values', 'masks', 'dense', 'gradients'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({stage: fc.constantFrom(...order), removed: fc.boolean()}), {maxLength: 8}),
      async (hooks) => {
        const model = compiled();
        await fitOn(model, {epochs: 1, batchSize: 16});
        const attached = attachmentsOf(model);
        const log: string[] = [];
        const ends = hooks.map(({stage}, i) =>
          aroundStep(
            model,
            (gradients, step) => {
              log.push(`before ${stage} ${i}`);
              step(gradients);
              log.push(`after ${stage} ${i}`);
            },
            {stage},
          ),
        );
        hooks.forEach(({removed}, i) => {
          if (removed) ends[i]();
        });
        await fitOn(model, {epochs: 1, batchSize: 16});
        const left = order.flatMap((stage) =>
          hooks.flatMap((hook, i) => (hook.stage === stage && !hook.removed ? [`${stage} ${i}`] : [])),
        );
        expect(log).toEqual([
          ...left.map((one) => `before ${one}`),
          ...left.map((one) => `after ${one}`).reverse(),
        ]);
        for (const end of ends) end();
        expect(attachmentsOf(model)).toEqual(attached);
        model.dispose();
      },
    ),
    {numRuns: 20},
  );
});

it('proximal steps of callbacks leave alone what a hook does not update', async () => {
  const model = compiled();
  aroundStep(model, (_, step) => step({}));
  const before = valuesOf(model).slice(0, 2);
  await fitOn(model, {epochs: 1, callbacks: [sparsityLoss({penalty: l1(), strength: 1, proximal: true})]});
  expect(valuesOf(model).slice(0, 2)).toEqual(before);
});

it('a hook stays after compile, with the new optimizer, and not with the old one', async () => {
  for (const make of [mlp, functional]) {
    const model = make();
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const old = model.optimizer;
    let steps = 0;
    const undo = aroundStep(model, (gradients, step) => {
      steps++;
      step(gradients);
    });
    model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
    await fitOn(model, {epochs: 1, batchSize: 16});
    expect(steps).toBe(1);
    expect(Object.hasOwn(old, 'applyGradients')).toBe(false);
    expect(() => model.compile({optimizer: 'sgd', loss: 'nothing'})).toThrow('nothing');
    undo();
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    await fitOn(model, {epochs: 1});
    expect(steps).toBe(1);
    expect([Object.hasOwn(model, 'compile'), Object.hasOwn(model.optimizer, 'applyGradients')]).toEqual([
      false,
      false,
    ]);
    undo();
  }
});

function functional(): tf.LayersModel {
  const {inputs, outputs} = mlp();
  return tf.model({inputs, outputs});
}

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each(backend === 'wasm' ? [false, true] : [false])(
    'masked elements are 0 after each step, also if a hook moves them (enableTraining: %p)',
    async (isEnabled) => {
      const undo = isEnabled ? enableTraining() : () => {};
      const model = compiled('adam');
      await prune(model, 0.5);
      const {value} = prunableWeights(model)[0];
      const seen: number[][] = [];
      aroundStep(model, (gradients, step) => {
        step(gradients);
        value.assign(tf.add(value, 0.5));
      });
      const look = new tf.CustomCallback({
        onBatchEnd: async () => void seen.push([...(await value.data())]),
      }) as unknown as tf.Callback;
      await fitOn(model, {epochs: 2, batchSize: 8, callbacks: [look]});
      undo();
      const [mask] = masksOf(model);
      expect(seen.length).toBeGreaterThan(1);
      for (const values of seen) {
        values.forEach((one, i) => {
          expect(one === 0).toBe(mask[i] === 0);
        });
      }
    },
  );
});

it.each<[string, unknown[], string]>([
  ['a hook that is no function', [5], 'aroundStep: the hook must be a function, got 5'],
  ['an unknown option', [() => {}, {at: 1}], 'aroundStep: unknown option "at"; there are stage'],
  [
    'an unknown stage',
    [() => {}, {stage: 'last'}],
    "aroundStep: stage must be 'values', 'masks', 'dense' or 'gradients', got \"last\"",
  ],
])('aroundStep() rejects %s', (_, args, message) => {
  const model = compiled();
  expect(() => aroundStep(model, ...(args as [StepHook, {stage: Stage}]))).toThrow(message);
});

it('aroundStep() rejects a model that is not compiled', () => {
  expect(() => aroundStep(mlp(), () => {})).toThrow(
    /^aroundStep: model ".*" has no optimizer; compile it first/,
  );
});

it.each<[string, StepHook, string]>([
  [
    'a gradient of another shape',
    (gradients, step) => step(mapped(gradients, () => tf.scalar(1))),
    'must be a tensor of the shape [4,6], got a tensor of shape []',
  ],
  [
    'an unknown variable',
    (_, step) => step({other: tf.scalar(1)}),
    'a gradient for "other", which is not trained',
  ],
  ['a number', (gradients, step) => step(mapped(gradients, () => 1 as never)), 'got 1'],
  [
    'a list',
    (_, step) => step([] as never),
    'the gradients for step must be an object of tensors by name, got an array of 0',
  ],
  [
    'a promise',
    (async (gradients: Gradients, step: (gradients: Gradients) => void) => step(gradients)) as never,
    'the hook returned a promise, but steps are synchronous',
  ],
])('training throws for a hook with %s', async (_, hook, message) => {
  const model = compiled();
  const before = tf.memory().numTensors;
  const undo = aroundStep(model, hook);
  await expect(fitOn(model, {epochs: 1, batchSize: 16})).rejects.toThrow(message);
  undo();
  // tfjs leaves the loss of the batch.
  expect(tf.memory().numTensors - before).toBe(1);
});

const mapped = (gradients: Gradients, change: (gradient: tf.Tensor) => tf.Tensor): Gradients =>
  Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, change(gradient)]));

it('step throws after the hook has returned', async () => {
  const model = compiled();
  let later: (() => void) | undefined;
  aroundStep(model, (_, step) => {
    later = step;
  });
  await fitOn(model, {epochs: 1, batchSize: 16});
  expect(later).toThrow('aroundStep: step was called after the hook had returned');
});

it('a hook that replaces gradients decides the step: SGD at 0.1 moves each weight by −0.1 of them', async () => {
  const model = oneDense([[1, 2]]);
  model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
  const {name} = prunableWeights(model)[0].value;
  aroundStep(model, (gradients, step) => step({...gradients, [name]: tf.tensor2d([[1, -3]])}));
  await model.trainOnBatch(tf.ones([1, 1]), tf.ones([1, 2]));
  const [moved] = valuesOf(model);
  expect(moved[0]).toBeCloseTo(0.9, 6);
  expect(moved[1]).toBeCloseTo(2.3, 6);
});
