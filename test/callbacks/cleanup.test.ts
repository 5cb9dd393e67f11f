import * as tf from '@tensorflow/tfjs';
import {activationL1Loss, constant, l1, linear} from 'tfjs-pruning';
import {distillation, project, pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {mlp} from '../support/models';
import {attachmentsOf} from '../support/state';
import {compiled, fitOn} from '../support/training';

type Callbacks = tf.Callback[];
const custom = (args: tf.CustomCallbackArgs) => new tf.CustomCallback(args) as unknown as tf.Callback;

/** The callbacks of this library, all at once and more than one of a sort. */
const ours = (): Callbacks => [
  sparsityLoss({penalty: l1(), strength: 0.01}),
  pruning({schedule: linear({to: 0.6}), begin: 0, end: 1}),
  sparsityLoss({penalty: l1(), strength: constant(0.01), where: ['hidden']}),
  pruning({schedule: linear({to: 0.7}), unit: 'batch', begin: 0, end: 3}),
  sparsityLoss({penalty: activationL1Loss(), strength: 0.01}),
  sparsityLoss({penalty: l1(), strength: 0.01, proximal: true}),
  sparsityLoss({penalty: activationL1Loss(), strength: 0.01, where: ['hidden']}),
  sparsityLoss({penalty: l1(), strength: 0.01, proximal: true}),
  project({sparsity: 0.5}),
  distillation({teacher: mlp(), share: 0.5, layers: [['hidden', 'hidden']]}),
  distillation({teacher: 'self', share: 0.5}),
];

/** The ways in which a fit may end, each as callbacks of the user's, and the error that comes of it. */
const ends: [how: string, error: string | undefined, callbacks: (model: tf.LayersModel) => Callbacks][] = [
  ['finishes', undefined, () => []],
  ...['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'].map(
    (hook): (typeof ends)[number] => {
      const error = `failed at ${hook}`;
      const fail = () => Promise.reject(new Error(error));
      return [`throws ${hook}`, error, () => [custom({[hook]: fail})]];
    },
  ),
  [
    'is stopped after a batch',
    undefined,
    (model) => [
      custom({
        onBatchEnd: async () => {
          model.stopTraining = true;
        },
      }),
    ],
  ],
];

const functional = () => {
  const input = tf.input({shape: [4]});
  const hidden = prunableDense({units: 6, name: 'hidden'}).apply(input) as tf.SymbolicTensor;
  const outputs = prunableDense({units: 3, name: 'output'}).apply(hidden) as tf.SymbolicTensor;
  const model = tf.model({inputs: input, outputs});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  return model;
};

/** Trains a little, by fit or by fitDataset. */
type Train = (model: tf.LayersModel, callbacks: Callbacks) => Promise<unknown>;

const trainings: [name: string, train: Train][] = [
  ['fit', (model, callbacks) => fitOn(model, {epochs: 3, batchSize: 4, callbacks})],
  [
    'fitDataset',
    (model, callbacks) => {
      const batches = tf.data.generator(function* () {
        yield {xs: tf.ones([4, 4]), ys: tf.zeros([4, 3])};
        yield {xs: tf.zeros([4, 4]), ys: tf.ones([4, 3])};
      });
      const dataset = batches as tf.data.Dataset<tf.TensorContainer>;
      return model.fitDataset(dataset, {epochs: 3, verbose: 0, callbacks});
    },
  ],
];

describe.each(trainings)('%s', (_, train) => {
  describe.each(ends)('that %s', (_, error, endOf) => {
    /** Trains until the end, which has to be the one expected. */
    const trainToTheEnd: Train = async (model, callbacks) => {
      const message = await train(model, callbacks).then(
        () => undefined,
        (reason) => reason.message,
      );
      expect(message).toBe(error);
    };
    const leaked = async (model: tf.LayersModel, callbacks: Callbacks) => {
      const before = tf.memory().numTensors;
      await trainToTheEnd(model, callbacks);
      return tf.memory().numTensors - before;
    };

    it.each([
      ['a Sequential', compiled],
      ['a functional model', functional],
    ])('leaves nothing attached to %s, its optimizer or its layers', async (_, make) => {
      const model = make();
      await train(model, []);
      await trainToTheEnd(model, endOf(model));
      const before = attachmentsOf(model);
      await trainToTheEnd(model, [...ours(), ...endOf(model)]);
      expect(attachmentsOf(model)).toEqual(before);
      await trainToTheEnd(model, [...endOf(model), ...ours()]);
      expect(attachmentsOf(model)).toEqual(before);
    });

    it('leaks no tensors', async () => {
      const model = compiled();
      await train(model, []);
      // tfjs itself leaves the loss of the batch at whose end a callback throws.
      const expected = await leaked(model, endOf(model));
      expect(await leaked(model, [...ours(), ...endOf(model)])).toBe(expected);
      expect(await leaked(model, [...endOf(model), ...ours()])).toBe(expected);
    });

    it('leaves a model that continues training like a fresh one', async () => {
      const model = compiled();
      await trainToTheEnd(model, [...ours(), ...endOf(model)]);
      const other = compiled();
      other.layers.forEach((layer, i) => {
        layer.setWeights(model.layers[i].getWeights());
      });
      await train(model, []);
      await train(other, []);
      const [a, b] = [model, other].map((each) => each.getWeights().map((weight) => [...weight.dataSync()]));
      expect(a).toEqual(b);
    });
  });
});

it('callbacks leave nothing attached when a loss function throws', async () => {
  const model = mlp();
  let calls = 0;
  const loss = (truth: tf.Tensor, guess: tf.Tensor) => {
    calls++;
    if (calls > 4) {
      throw new Error('no loss any more');
    }
    return tf.losses.meanSquaredError(truth, guess);
  };
  model.compile({optimizer: 'sgd', loss});
  await fitOn(model, {epochs: 1});
  const before = attachmentsOf(model);
  await expect(fitOn(model, {epochs: 9, batchSize: 4, callbacks: ours()})).rejects.toThrow(
    'no loss any more',
  );
  expect(attachmentsOf(model)).toEqual(before);
});
