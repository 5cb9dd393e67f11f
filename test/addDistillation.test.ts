import * as tf from '@tensorflow/tfjs';
import {addDistillation} from 'tfjs-pruning';
import {distillation} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from './support/memory';
import {examples, mlp, seeded} from './support/models';
import {attachmentsOf} from './support/state';
import {compiled} from './support/training';

const {x, y} = examples();
const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

/** A teacher of `mlp`. */
const teacherOf = () =>
  tf.sequential({
    layers: [
      tf.layers.dense({units: 6, inputShape: [4], kernelInitializer: seeded(11), name: 'hidden'}),
      tf.layers.dense({units: 3, kernelInitializer: seeded(12)}),
    ],
  });
const mse = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.squaredDifference(a, b)) as tf.Scalar;

it('addDistillation() teaches in trainOnBatch() as the callback does in fit, until it is removed', async () => {
  const teacher = teacherOf();
  const [byHand, byFit, plain] = [compiled(), compiled(), compiled()];
  await plain.trainOnBatch(x, y);
  const attached = attachmentsOf(plain);
  const remove = addDistillation(byHand, {teacher, share: 0.7, layers: [['hidden', 'hidden']]});
  for (let step = 0; step < 2; step++) await byHand.trainOnBatch(x, y);
  const callbacks = [distillation({teacher, share: 0.7, layers: [['hidden', 'hidden']]})];
  await byFit.fit(x, y, {epochs: 2, batchSize: 8, shuffle: false, verbose: 0, callbacks});
  expect(weightsOf(byHand)).toEqual(
    weightsOf(byFit).map((values) => values.map((value) => expect.closeTo(value, 5))),
  );
  remove();
  remove();
  expect(attachmentsOf(byHand).map((own) => Object.keys(own as object))).toEqual(
    attached.map((own) => Object.keys(own as object)),
  );
  plain.setWeights(byHand.getWeights());
  for (const model of [byHand, plain]) await model.trainOnBatch(x, y);
  expect(weightsOf(byHand)).toEqual(weightsOf(plain));
});

describe('calculateLosses() after addDistillation()', () => {
  it('includes share · distillation once after each training pass, and has the gradients', () => {
    const [model, teacher] = [mlp(), teacherOf()];
    const remove = addDistillation(model, {teacher, share: 0.25});
    const total = () => {
      model.apply(x, {training: true});
      return model.calculateLosses().reduce((sum, loss) => tf.add(sum, loss)) as tf.Scalar;
    };
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const expected = tf.variableGrads(
      () =>
        tf.mul(
          0.25,
          mse(model.predict(x) as tf.Tensor, tf.tensor((teacher.predict(x) as tf.Tensor).arraySync())),
        ) as tf.Scalar,
      variables,
    );
    const found = tf.variableGrads(total, variables);
    expect(found.value.dataSync()[0]).toBeCloseTo(expected.value.dataSync()[0], 5);
    for (const [name, gradient] of Object.entries(expected.grads)) {
      expect([...found.grads[name].dataSync()]).toEqual(
        [...gradient.dataSync()].map((value) => expect.closeTo(value, 5)),
      );
    }
    expect(model.calculateLosses().map((loss) => loss.dataSync()[0])).toEqual([0]);
    remove();
    expect(model.calculateLosses()).toEqual([]);
  });

  it('leaves the teacher alone where the loop trains all variables', async () => {
    const [model, teacher] = [mlp(), teacherOf()];
    const before = weightsOf(teacher);
    const remove = addDistillation(model, {teacher, layers: [['hidden', 'hidden']]});
    const optimizer = tf.train.sgd(0.1);
    const others = Object.values(tf.engine().registeredVariables).filter(
      ({name}) => !model.weights.concat(teacher.weights).some((weight) => weight.name === name),
    );
    for (const variable of others) variable.dispose();
    const step = () =>
      optimizer.minimize(() => {
        model.apply(x, {training: true});
        return model.calculateLosses().reduce((sum, loss) => tf.add(sum, loss)) as tf.Scalar;
      });
    const own = weightsOf(model);
    step();
    await expectNoLeakedTensors(() => {
      for (let round = 0; round < 3; round++) step();
    });
    expect(weightsOf(teacher)).toEqual(before);
    expect(weightsOf(model)).not.toEqual(own);
    remove();
    optimizer.dispose();
  });
});

it('addDistillation() reports a teacher that returns NaN by the next batch, before the weights change', async () => {
  const [model, teacher] = [compiled(), teacherOf()];
  for (const weight of teacher.weights)
    (weight.read() as tf.Variable).assign(tf.fill(weight.shape as number[], Number.NaN));
  const before = weightsOf(model);
  const remove = addDistillation(model, {teacher});
  await model.trainOnBatch(x, y);
  await expect(model.trainOnBatch(x, y)).rejects.toThrow(/^addDistillation: teacher ".*" returns NaN/);
  expect(weightsOf(model)).toEqual(before);
  remove();
});

it('addDistillation() teaches by each of several teachers', async () => {
  const [model, expected] = [compiled(), compiled()];
  const teachers = [11, 21].map((seed) =>
    tf.sequential({
      layers: [prunableDense({units: 3, inputShape: [4], kernelInitializer: seeded(seed)})],
    }),
  );
  const removes = teachers.map((teacher) => addDistillation(model, {teacher, share: 0.5}));
  // Half of the loss, then half of that and of the first distillation.
  const targets = tf.tidy(() => {
    const [a, b] = teachers.map((teacher) => teacher.predict(x) as tf.Tensor);
    return [y, a, b];
  });
  expected.compile({
    optimizer: 'sgd',
    loss: (_, output) =>
      tf.addN([
        tf.mul(0.25, tf.losses.meanSquaredError(targets[0], output)),
        tf.mul(0.5, tf.losses.meanSquaredError(targets[1], output)),
        tf.mul(0.5, tf.losses.meanSquaredError(targets[2], output)),
      ]),
  });
  await model.trainOnBatch(x, y);
  await expected.trainOnBatch(x, y);
  expect(weightsOf(model)).toEqual(
    weightsOf(expected).map((values) => values.map((value) => expect.closeTo(value, 5))),
  );
  for (const remove of removes) remove();
});
