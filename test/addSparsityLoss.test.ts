import * as tf from '@tensorflow/tfjs';
import {activationL1Loss, addSparsityLoss, channel, groupLasso, l1, prune} from 'tfjs-pruning';
import {prunable, prunableDense} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from './support/memory';
import {examples, kernelsOf, mlp, seeded} from './support/models';
import {attachmentsOf} from './support/state';
import {compiled} from './support/training';

const magnitudeOf = (model: tf.LayersModel) =>
  kernelsOf(model)
    .flat()
    .reduce((sum, w) => sum + Math.abs(w), 0);

/** The sum of the additional losses of a model. */
const lossesOf = (model: tf.LayersModel) =>
  tf.tidy(() => model.calculateLosses().reduce((sum, loss) => sum + loss.dataSync()[0], 0));

it('addSparsityLoss() adds to calculateLosses() until it is removed', async () => {
  const {inputs, outputs} = mlp();
  for (const model of [compiled(), tf.model({inputs, outputs})]) {
    const remove = addSparsityLoss(model, {penalty: l1(), strength: 0.5});
    expect(lossesOf(model)).toBeCloseTo(0.5 * magnitudeOf(model), 4);
    remove();
    expect(lossesOf(model)).toBe(0);
    remove();
  }
});

it('addSparsityLoss() trains the weights in a loop of trainOnBatch()', async () => {
  const [drawn, free] = [compiled(), compiled()];
  const before = kernelsOf(drawn).flat();
  const {x, y} = examples();
  const remove = addSparsityLoss(drawn, {penalty: l1(), strength: 0.3});
  await drawn.trainOnBatch(x, y);
  await free.trainOnBatch(x, y);
  const [moved, plain] = [drawn, free].map((model) => kernelsOf(model).flat());
  before.forEach((w, i) => {
    expect(moved[i] - plain[i]).toBeCloseTo(-0.01 * 0.3 * Math.sign(w), 6);
  });
  remove();
});

it('addSparsityLoss() of an activation penalty works in a custom training loop', async () => {
  const model = mlp();
  const {x} = examples();
  const remove = addSparsityLoss(model, {penalty: activationL1Loss(), strength: 2});
  const [hidden] = model.layers;
  const variables = hidden.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const cost = () => {
    model.apply(x, {training: true});
    return model.calculateLosses().reduce((sum, loss) => tf.add(sum, loss)) as tf.Scalar;
  };
  const meanOf = (output: tf.Tensor) => tf.sum(tf.mean(tf.abs(output), 0));
  const expected = () =>
    tf.tidy(() => {
      const first = hidden.call(x, {}) as tf.Tensor;
      return tf.mul(
        2,
        tf.add(meanOf(first), meanOf(model.layers[1].call(first, {}) as tf.Tensor)),
      ) as tf.Scalar;
    });
  await expectNoLeakedTensors(() =>
    tf.tidy(() => {
      const [found, by] = [cost, expected].map((loss) => tf.variableGrads(loss, variables));
      expect(found.value.dataSync()[0]).toBeCloseTo(by.value.dataSync()[0], 4);
      for (const name of Object.keys(by.grads)) {
        const [a, b] = [found, by].map(({grads}) => [...grads[name].dataSync()]);
        expect(b.some((slope) => slope !== 0)).toBe(true);
        a.forEach((slope, i) => {
          expect(slope).toBeCloseTo(b[i], 5);
        });
      }
    }),
  );
  // Passes outside of training add nothing.
  tf.tidy(() => model.predict(x));
  expect(lossesOf(model)).toBe(0);
  remove();
});

it('removing an activation penalty leaves nothing attached and no tensors', async () => {
  const model = compiled();
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  const before = attachmentsOf(model);
  await expectNoLeakedTensors(async () => {
    const removes = [activationL1Loss(), l1(), activationL1Loss()].map((penalty) =>
      addSparsityLoss(model, {penalty, strength: 0.1}),
    );
    tf.dispose(await model.trainOnBatch(x, y));
    // A pass whose losses are not read.
    tf.tidy(() => {
      model.apply(x, {training: true});
    });
    // In any order.
    for (const remove of removes) {
      remove();
    }
  });
  expect(attachmentsOf(model)).toEqual(before);
});

it('strength may be a function, which is called for each loss', () => {
  const model = compiled();
  let strength = 1;
  const remove = addSparsityLoss(model, {penalty: l1(), strength: () => strength, where: ['output']});
  const whole = lossesOf(model);
  strength = 0.25;
  expect(lossesOf(model)).toBeCloseTo(whole / 4, 5);
  strength = -1;
  expect(() => lossesOf(model)).toThrow('addSparsityLoss: strength must be a number from 0');
  remove();
});

it('a custom penalty gets the weight, and so can penalize its units', async () => {
  const model = compiled();
  await prune(model, 0.5);
  const remove = addSparsityLoss(model, {penalty: groupLasso(channel()), strength: 1});
  const [hidden, output] = kernelsOf(model);
  const lengths = (kernel: number[], units: number) =>
    Array.from({length: units}, (_, unit) => Math.hypot(...kernel.filter((_, i) => i % units === unit)));
  const cost = (kernel: number[], units: number) =>
    Math.sqrt(kernel.length / units) * lengths(kernel, units).reduce((sum, length) => sum + length, 0);
  expect(lossesOf(model)).toBeCloseTo(cost(hidden, 6) + cost(output, 3), 4);
  remove();
});

describe('addSparsityLoss() penalizes the outputs', () => {
  /** The addition to the loss of a model after one training step with rate 0. */
  async function added(model: tf.LayersModel): Promise<number> {
    model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
    const x = tf.randomUniform([3, ...(model.inputs[0].shape.slice(1) as number[])], 0, 1, 'float32', 1);
    const y = tf.zerosLike(model.predict(x) as tf.Tensor);
    const plain = (await model.trainOnBatch(x, y)) as number;
    const remove = addSparsityLoss(model, {penalty: activationL1Loss(), strength: 1});
    const total = (await model.trainOnBatch(x, y)) as number;
    remove();
    return total - plain;
  }
  /** The sum over units of mean|a| over the outputs of a model on the same input. */
  function costOf(model: tf.LayersModel, outputs: tf.SymbolicTensor[]): number {
    return tf.tidy(() => {
      const x = tf.randomUniform([3, ...(model.inputs[0].shape.slice(1) as number[])], 0, 1, 'float32', 1);
      return [tf.model({inputs: model.inputs, outputs}).predict(x)].flat().reduce((sum, output) => {
        const units = output.shape[output.rank - 1];
        return sum + (tf.sum(tf.abs(output)).dataSync()[0] * units) / output.size;
      }, 0);
    });
  }

  it.each<[string, tf.layers.Layer]>([
    ['a convolution', tf.layers.conv2d({filters: 3, kernelSize: 2, inputShape: [4, 4, 2]})],
    ['the last step of an LSTM', tf.layers.lstm({units: 3, inputShape: [5, 2]})],
    ['the sequence of a GRU', tf.layers.gru({units: 3, inputShape: [5, 2], returnSequences: true})],
    [
      'both sides',
      tf.layers.bidirectional({
        layer: tf.layers.lstm({units: 3}) as tf.RNN,
        mergeMode: 'concat',
        inputShape: [5, 2],
      }) as tf.layers.Layer,
    ],
    [
      'every step',
      tf.layers.timeDistributed({layer: tf.layers.dense({units: 3}), inputShape: [5, 2]}) as tf.layers.Layer,
    ],
    [
      'a separable convolution once',
      tf.layers.separableConv2d({filters: 3, kernelSize: 2, inputShape: [4, 4, 2]}),
    ],
  ])('of %s', async (_, layer) => {
    const model = await prunable(tf.sequential({layers: [layer]}));
    expect(await added(model)).toBeCloseTo(costOf(model, [model.outputs[0]]), 4);
  });

  it('of a nested model, without leaking tensors', async () => {
    const inside = tf.sequential({
      layers: [tf.layers.dense({units: 3, inputShape: [4], kernelInitializer: seeded(1)})],
    });
    const model = await prunable(tf.sequential({layers: [inside, tf.layers.dense({units: 2})]}));
    expect(await added(model)).toBeCloseTo(
      costOf(
        model,
        model.layers.map(({output}) => output as tf.SymbolicTensor),
      ),
      4,
    );
  });

  it('of a shared layer, once for each call', async () => {
    const [input, shared] = [tf.input({shape: [4]}), prunableDense({units: 4, kernelInitializer: seeded(1)})];
    const once = shared.apply(input) as tf.SymbolicTensor;
    const twice = shared.apply(once) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: twice});
    expect(await added(model)).toBeCloseTo(costOf(model, [once, twice]), 4);
  });
});

it.each([
  [{penalty: l1, strength: 1}, /^addSparsityLoss: penalty must be a function, .* call it, as l1\(\)/],
  [
    {penalty: activationL1Loss, strength: 1},
    /^addSparsityLoss: penalty must be a function, .* call it, as activationL1Loss\(\)/,
  ],
  [{penalty: l1(), strength: -1}, /^addSparsityLoss: strength must be a number from 0/],
  [
    {penalty: undefined, strength: 1},
    /^addSparsityLoss: penalty must be a function, as l1\(\), got undefined/,
  ],
  [{penalty: l1(), strength: 1, proximal: true}, /^addSparsityLoss: unknown option "proximal"/],
  [
    {penalty: l1(), strength: 1, where: ['nowhere']},
    /^addSparsityLoss: there is no prunable layer "nowhere"/,
  ],
  [
    {penalty: Object.assign((output: tf.Tensor) => output, {ofActivations: true}), strength: 1},
    /^addSparsityLoss: penalty must return a scalar tensor/,
  ],
])('addSparsityLoss() rejects %p, and leaves the model unchanged', async (term, message) => {
  const model = compiled();
  const before = attachmentsOf(model);
  await expectNoLeakedTensors(() => {
    expect(() => addSparsityLoss(model, term as never)).toThrow(message);
  });
  expect(attachmentsOf(model)).toEqual(before);
});
