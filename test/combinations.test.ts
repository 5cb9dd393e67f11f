import * as tf from '@tensorflow/tfjs';
import {
  activationEntropy,
  activationEntropyLoss,
  channel,
  gradient,
  l1,
  l2,
  norm,
  type Penalty,
  prunableWeights,
  type Recipe,
  report,
  steps,
  weightEntropy,
  weightEntropyLoss,
} from 'tfjs-pruning';
import {pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {useBackend} from './support/backends';
import {digits} from './support/digits';

useBackend('wasm');

let disable = () => {};
beforeAll(() => {
  disable = enableTraining();
});
afterAll(() => disable());

const init = (seed: number) => ({kernelInitializer: tf.initializers.heUniform({seed})});

const models: Record<string, () => tf.Sequential> = {
  'an MLP': () =>
    tf.sequential({
      layers: [
        prunableDense({name: 'first', units: 64, activation: 'relu', inputShape: [784], ...init(1)}),
        prunableDense({name: 'second', units: 32, activation: 'relu', ...init(2)}),
        prunableDense({name: 'output', units: 10, activation: 'softmax', ...init(3)}),
      ],
    }),
  'a CNN': () =>
    tf.sequential({
      layers: [
        tf.layers.reshape({targetShape: [28, 28, 1], inputShape: [784]}),
        tf.layers.averagePooling2d({poolSize: 2}),
        prunableConv2d({name: 'first', filters: 12, kernelSize: 3, activation: 'relu', ...init(4)}),
        tf.layers.maxPooling2d({poolSize: 2}),
        tf.layers.flatten(),
        prunableDense({name: 'second', units: 24, activation: 'relu', ...init(5)}),
        prunableDense({name: 'output', units: 10, activation: 'softmax', ...init(6)}),
      ],
    }),
};

interface Method extends Recipe {
  penalties: {penalty: Penalty; strength: number; proximal?: boolean}[];
  optimizer?: () => tf.Optimizer;
  /** The sparsities of the rounds; higher for elements than for channels. */
  rounds?: number[];
}

const elements = [0.5, 0.7, 0.8];

const methods: Record<string, Method> = {
  'activationEntropy() + l1()': {
    importance: activationEntropy(),
    pattern: channel(),
    penalties: [{penalty: l1(), strength: 5e-4}],
  },
  'activationEntropyLoss() + l1()': {
    penalties: [
      {penalty: activationEntropyLoss(), strength: 1e-2},
      {penalty: l1(), strength: 5e-4},
    ],
    rounds: elements,
  },
  'weightEntropy() + l1()': {
    importance: weightEntropy(),
    pattern: channel(),
    penalties: [{penalty: l1(), strength: 5e-4}],
  },
  'weightEntropyLoss() + l1()': {
    penalties: [
      {penalty: weightEntropyLoss(), strength: 1e-2},
      {penalty: l1(), strength: 5e-4},
    ],
    rounds: elements,
  },
  'norm({p: 1}) + l2()': {
    importance: norm({p: 1}),
    pattern: channel(),
    penalties: [{penalty: l2(), strength: 5e-3}],
  },
  'gradient() + proximal SGD': {
    importance: gradient(),
    penalties: [{penalty: l1(), strength: 1.5e-3, proximal: true}],
    optimizer: () => tf.train.sgd(0.1),
    rounds: [0.4, 0.55, 0.65],
  },
};

interface Entry {
  epoch: number;
  did: 'sparsify' | 'set to zero' | 'remove' | 'retrain';
  /** Number of elements. */
  size: number;
  /** Number of stored elements that are exactly 0. */
  zeros: number;
  /** Number of remaining elements. */
  kept: number;
  /** Their mean magnitude. */
  mean: number;
  accuracy: number;
}

/**
 * One fit of six epochs, in rounds of two: one with penalties, at whose end the masks are updated, and one without them to
 * recover. Logs the state at each moment.
 */
async function run(
  model: tf.Sequential,
  {penalties, optimizer, rounds = [0.2, 0.35, 0.5], ...recipe}: Method,
) {
  const [train, test] = [digits('train', 1500), digits('t10k', 500)];
  model.compile({
    optimizer: optimizer?.() ?? tf.train.adam(0.003),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const log: Entry[] = [];
  const see = (did: Entry['did'], epoch: number) => {
    const weights = prunableWeights(model);
    const values = weights.flatMap(({value}) => [...value.dataSync()]);
    const {size, kept} = report(model).total;
    const [, accuracy] = tf.tidy(() =>
      (model.evaluate(test.x, test.y, {batchSize: 500}) as tf.Scalar[]).map((scalar) => scalar.dataSync()[0]),
    );
    const sum = values.reduce((all, value) => all + Math.abs(value), 0);
    const zeros = values.filter((value) => value === 0).length;
    log.push({epoch, did, size, zeros, kept, mean: sum / kept, accuracy});
  };
  const epochs = 2 * rounds.length;
  const isDrawing = (epoch: number) => epoch % 2 === 0;
  const drawing = penalties.map(({strength, ...penalty}) =>
    sparsityLoss({
      ...penalty,
      strength: (progress) => (isDrawing(Math.round(progress * (epochs - 1))) ? strength : 0),
    }),
  );
  const pruner = pruning({...recipe, schedule: steps(rounds), begin: 0, end: epochs - 2, every: 2});
  see('retrain', -1);
  await model.fit(train.x, train.y, {
    epochs,
    batchSize: 50,
    shuffle: false,
    verbose: 0,
    callbacks: [
      ...drawing,
      new tf.CustomCallback({
        onEpochEnd: async (epoch) => see(isDrawing(epoch) ? 'sparsify' : 'retrain', epoch),
      }),
      pruner,
      new tf.CustomCallback({
        onEpochEnd: async (epoch) => {
          if (isDrawing(epoch)) {
            see('set to zero', epoch);
          }
        },
        onEpochBegin: async (epoch) => {
          // From here on masks exclude it from training.
          if (!isDrawing(epoch)) {
            see('remove', epoch);
          }
        },
      }),
    ],
  });
  tf.dispose([train, test]);
  return {log, results: pruner.results, rounds};
}

describe.each(Object.entries(models))('on %s', (_, make) => {
  it.each(Object.entries(methods))(
    '%s: sparsify, set to zero, remove, retrain, and again until the target is reached',
    async (_name, method) => {
      const model = make();
      const {log, results, rounds} = await run(model, method);
      expect(log.map(({epoch, did}) => `${epoch} ${did}`)).toEqual([
        '-1 retrain',
        ...rounds.flatMap((_, round) => [
          `${2 * round} sparsify`,
          `${2 * round} set to zero`,
          `${2 * round + 1} remove`,
          `${2 * round + 1} retrain`,
        ]),
      ]);
      for (const [round, sparsity] of rounds.entries()) {
        const [before, sparsified, zeroed, removed, retrained] = log.slice(4 * round);
        expect(sparsified.mean).toBeLessThan(before.mean);
        expect(sparsified.kept).toBe(before.kept);
        expect(zeroed.zeros).toBeGreaterThan(sparsified.zeros);
        expect(results[round].asked).toBe(sparsity);
        for (const {kept, asked} of results[round].weights) expect(kept).toBe(asked);
        expect(removed.kept).toBeLessThan(sparsified.kept);
        expect(removed.zeros).toBe(zeroed.zeros);
        expect(retrained.accuracy).toBeGreaterThan(zeroed.accuracy);
        expect(retrained.kept).toBe(removed.kept);
        expect(retrained.zeros).toBeGreaterThanOrEqual(retrained.size - retrained.kept);
      }
      const {kept, size, accuracy} = log[log.length - 1];
      // The output layer loses no channels.
      const outputs = method.pattern?.skips ? (model.layers.at(-1)?.countParams() ?? 0) : 0;
      expect(Math.abs((size - kept) / size - (rounds.at(-1) ?? 0))).toBeLessThan(0.002 + outputs / size);
      expect(accuracy).toBeGreaterThan(0.7);
      model.dispose();
    },
  );
});

it('proximal steps set weights to zero before masks do, gradients of the same penalty do not', async () => {
  const make = models['an MLP'];
  const {penalties, ...method} = methods['gradient() + proximal SGD'];
  const zerosOf = async (proximal: boolean) => {
    const once = {...method, penalties: penalties.map((term) => ({...term, proximal})), rounds: [0.5]};
    return (await run(make(), once)).log[1].zeros;
  };
  expect(await zerosOf(true)).toBeGreaterThan(1000);
  expect(await zerosOf(false)).toBe(0);
});
