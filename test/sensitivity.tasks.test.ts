import * as tf from '@tensorflow/tfjs';
import {fromSensitivity, type SensitivityOptions, sensitivity} from 'tfjs-pruning';
import {accuracy, f1} from 'tfjs-pruning/metrics';
import {expectNoLeakedTensors} from './support/memory';
import {lossesOf, regression, segmentation, type Task, twoHeads} from './support/tasks';

const sparsities = [0.5];
const measured = ({model, x, y}: Task, options: SensitivityOptions = {}) =>
  sensitivity(model, x, y, {sparsities, ...options});
const evaluated = ({model, x, y}: Task) =>
  tf.tidy(() => [model.evaluate(x, y)].flat().map((scalar) => scalar.dataSync()[0]));

const quality = (wanted: tf.Tensor, found: tf.Tensor) => tf.neg(tf.mean(tf.abs(tf.sub(wanted, found)), -1));
function pixelScore(wanted: tf.Tensor, found: tf.Tensor): tf.Tensor {
  return tf.mean(tf.mul(wanted, found), -1);
}
const absolute = (wanted: tf.Tensor, found: tf.Tensor) => tf.mean(tf.abs(tf.sub(wanted, found)), -1);

it.each<[string, () => Task, name: string, mode: string, at: number]>([
  ['regression by its loss', () => regression(), 'loss', 'min', 0],
  ['regression by its first metric', () => regression({metrics: ['mae', 'mse']}), 'mae', 'min', 1],
  ['a custom loss', () => regression({loss: absolute}), 'loss', 'min', 0],
  [
    'the loss if the name of a metric implies no direction',
    () => regression({metrics: [quality]}),
    'loss',
    'min',
    0,
  ],
  [
    'a custom metric whose name implies its direction',
    () => regression({metrics: [pixelScore]}),
    'pixelScore',
    'max',
    1,
  ],
  [
    'accuracy with a regression loss',
    () => segmentation(2, 'one-hot', {loss: 'meanSquaredError', metrics: ['accuracy']}),
    'acc',
    'max',
    1,
  ],
  [
    'segmentation by a custom metric',
    () => segmentation(2, 'one-hot', {metrics: [pixelScore]}),
    'pixelScore',
    'max',
    1,
  ],
  ['several labels each', () => segmentation(2, 'one-hot', {loss: 'binaryCrossentropy'}), 'loss', 'min', 0],
])('sensitivity() measures %s', async (_, make, name, mode, at) => {
  const task = make();
  const expected = evaluated(task)[at];
  const found = await measured(task);
  expect([found.metric, found.mode]).toEqual([name, mode]);
  expect(found.baseline).toBeCloseTo(expected, 5);
});

it.each<[string, () => Task]>([
  ['one probability for each pixel', () => segmentation(1, 'numbers')],
  ['a class for each pixel, one-hot', () => segmentation(3, 'one-hot')],
  [
    'a class number for each pixel',
    () => segmentation(3, 'numbers', {loss: 'sparseCategoricalCrossentropy'}),
  ],
])('sensitivity() measures the accuracy of %s', async (_, make) => {
  const task = make();
  const {metric, mode, baseline} = await measured(task);
  const right = tf.tidy(() => {
    const found = task.model.predict(task.x) as tf.Tensor;
    const [classes] = found.shape.slice(-1);
    const pixels = classes === 1 ? tf.greater(found, 0.5).squeeze([3]) : tf.argMax(found, 3);
    return tf
      .mean(
        tf.cast(
          tf.equal(tf.cast(pixels, 'int32'), tf.cast(tf.greater(task.x, 0).squeeze([3]), 'int32')),
          'float32',
        ),
      )
      .dataSync()[0];
  });
  expect([metric, mode]).toEqual(['accuracy', 'max']);
  expect(baseline).toBeCloseTo(right, 6);
});

it('sensitivity() measures the loss of all outputs, or a metric of one', async () => {
  const task = twoHeads();
  const [size, kind, right] = lossesOf(task);
  expect(await measured(task)).toMatchObject({
    metric: 'loss',
    mode: 'min',
    baseline: expect.closeTo(size + kind, 4),
  });
  for (const [metric, mode, expected] of [
    ['size_loss', 'min', size],
    ['kind_loss', 'min', kind],
    ['kind_acc', 'max', right],
  ] as const) {
    expect(await measured(task, {metric})).toMatchObject({
      metric,
      mode,
      baseline: expect.closeTo(expected, 4),
    });
  }
});

it('sensitivity() prints losses as numbers and shares as percentages', async () => {
  expect(`${await measured(regression())}`).toMatch(
    /^loss \d+\.\d+ +50\.00 %\n─+\nhidden\/kernel +\d+\.\d+\n/,
  );
  expect(`${await measured(segmentation(3, 'one-hot'))}`).toMatch(/^accuracy \d+\.\d\d % +50\.00 %\n/);
});

it('fromSensitivity() prunes more from weights that raise the loss less', () => {
  const weights = [
    {name: 'a', layer: 'a', size: 10, figures: [5.1, 5.15]},
    {name: 'b', layer: 'b', size: 10, figures: [5.15, 9]},
  ];
  const found = {mode: 'min' as const, baseline: 5, sparsities: [0.4, 0.8], weights};
  const {a, b} = fromSensitivity(found, {maxDrop: 0.2}) as Record<string, (asked: number) => number>;
  expect(a(0.3)).toBeCloseTo(0.4, 10);
  expect(b(0.3)).toBeCloseTo(0.2, 10);
});

it('fromSensitivity() uses the requested mode', async () => {
  const task = regression({metrics: [quality]});
  const {mode, metric} = await measured(task, {metric: 'quality', mode: 'max'});
  expect([metric, mode]).toEqual(['quality', 'max']);
});

const uncompiled = (): Task => {
  const task = regression();
  return {...task, model: tf.sequential({layers: task.model.layers})};
};

it.each<[string, () => Task, SensitivityOptions, string]>([
  ['an unknown name', regression, {metric: 'mae'}, 'the model has no metric "mae"; it is compiled with loss'],
  [
    'a name that implies no direction',
    () => regression({metrics: [quality]}),
    {metric: 'quality'},
    `the name "quality" does not imply whether large or small values are better; give mode: 'max' or 'min'`,
  ],
  ['a mode that is none', regression, {mode: 'up' as never}, `mode must be 'max' or 'min', got "up"`],
  [
    'an uncalled metric',
    regression,
    {metric: f1 as never},
    'metric must be a metric, as f1(), or the name of a compiled one',
  ],
  ['a metric of one output', twoHeads, {metric: f1()}, 'f1 is of one output, and model'],
  [
    'targets that are not classes',
    regression,
    {metric: accuracy()},
    'targets must be one-hot or class numbers from 0, got',
  ],
  ['nothing to choose', uncompiled, {}, 'targets must be one-hot or class numbers from 0, got'],
  [
    'a metric of a model that is not compiled',
    uncompiled,
    {metric: 'loss'},
    'is not compiled; call model.compile()',
  ],
  [
    'too few targets',
    () => ({...twoHeads(), y: tf.zeros([64, 1])}),
    {},
    'data has 1 inputs and 1 targets, the model 1 inputs and 2 outputs',
  ],
  [
    'fewer targets than examples',
    () => ({...regression(), y: tf.zeros([3, 1])}),
    {},
    'x has 64 examples, y 3',
  ],
  [
    'no examples',
    () => ({...regression(), x: tf.zeros([0, 4]), y: tf.zeros([0, 1])}),
    {},
    'data has no examples',
  ],
])('sensitivity() rejects %s', async (_, make, options, message) => {
  const error: Error = await measured(make(), options).then(
    () => Error('nothing'),
    (reason) => reason,
  );
  expect(error.message).toContain(message);
  expect(error.message).toMatch(/^sensitivity: /);
});

it.each<[string, tf.Tensor]>([
  ['numbers of no class', tf.tensor2d([[0], [7]])],
  ['numbers below 0', tf.tensor2d([[-1], [1]])],
])('sensitivity() rejects %s as classes', async (_, y) => {
  const {model} = regression({loss: 'binaryCrossentropy'});
  await expect(sensitivity(model, tf.zeros([2, 4]), y)).rejects.toThrow(
    'sensitivity: targets must be one-hot or class numbers from 0, got',
  );
});

it('sensitivity() rejects regression targets as classes', async () => {
  const {model, x, y} = segmentation(3, 'one-hot');
  await expect(sensitivity(model, x, tf.mul(y as tf.Tensor, 2))).rejects.toThrow(
    'sensitivity: targets must be one-hot or class numbers, got rows that do not sum to 1',
  );
});

it('sensitivity() leaks no tensors for any metric', async () => {
  for (const task of [regression({metrics: ['mae']}), twoHeads(), segmentation(3, 'one-hot')]) {
    await measured(task);
    await expectNoLeakedTensors(() => measured(task));
  }
});
