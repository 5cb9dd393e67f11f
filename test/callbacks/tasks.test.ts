import * as tf from '@tensorflow/tfjs';
import {prunableWeights, report} from 'tfjs-pruning';
import {
  autoPrune,
  type EvaluationOptions,
  evaluation,
  type IterativePruningOptions,
  iterativePruning,
  project,
} from 'tfjs-pruning/callbacks';
import {f1, precision} from 'tfjs-pruning/metrics';
import {expectNoLeakedTensors} from '../support/memory';
import {lossesOf, regression, segmentation, type Task, twoHeads} from '../support/tasks';

const trained = ({model, x, y}: Task, callbacks: tf.Callback[], args: tf.ModelFitArgs = {}) =>
  model.fit(x, y, {epochs: 1, verbose: 0, shuffle: false, callbacks, ...args});
const validated = ({x, y}: Task): tf.ModelFitArgs => ({validationData: [x, y], epochs: 6});
const quality = (wanted: tf.Tensor, found: tf.Tensor) => tf.neg(tf.mean(tf.abs(tf.sub(wanted, found)), -1));

describe('evaluation()', () => {
  const evaluated = async (task: Task, metrics?: EvaluationOptions['metrics'], data?: unknown) => {
    const callback = evaluation({metrics, data: (data ?? [task.x, task.y]) as never, batchSize: 24});
    const {history} = await trained(task, [callback]);
    return Object.fromEntries(Object.entries(history).filter(([name]) => name.startsWith('val_')));
  };

  it('writes the compiled loss and metrics of all data by default', async () => {
    const task = regression({metrics: ['mae']});
    const found = await evaluated(task);
    const [loss, mae] = (task.model.evaluate(task.x, task.y as tf.Tensor) as tf.Scalar[]).map(
      (scalar) => scalar.dataSync()[0],
    );
    expect(found).toEqual({val_loss: [expect.closeTo(loss, 4)], val_mae: [expect.closeTo(mae, 4)]});
  });

  it('writes the figures of several outputs under their own names', async () => {
    const task = twoHeads();
    const found = await evaluated(task);
    const [size, kind, right] = lossesOf(task);
    expect(found).toEqual({
      val_loss: [expect.closeTo(size + kind, 4)],
      val_size_loss: [expect.closeTo(size, 4)],
      val_kind_loss: [expect.closeTo(kind, 4)],
      val_kind_acc: [expect.closeTo(right, 4)],
    });
  });

  it('writes metrics of single outputs, beside compiled ones of another evaluation', async () => {
    const task = twoHeads();
    const data = [task.x, task.y] as never;
    const {history} = await trained(task, [
      evaluation({metrics: {kind: [f1(), precision()]}, data}),
      evaluation({metrics: ['size_loss'], data}),
    ]);
    const [size] = lossesOf(task);
    expect(history.val_size_loss).toEqual([expect.closeTo(size, 4)]);
    expect(history.val_kind_f1[0]).toBeGreaterThan(0);
    expect(history.val_kind_precision[0]).toBeGreaterThan(0);
  });

  it.each(['by name', 'in a list'])('takes a dataset of several outputs, their targets %s', async (way) => {
    const task = twoHeads({optimizer: tf.train.sgd(0)});
    const expected = await evaluated(task, {kind: [f1()]});
    await expectNoLeakedTensors(async () => {
      const [size, kind] = (task.y as tf.Tensor[]).map((y) => y.clone());
      const ys = way === 'by name' ? {kind, size} : [size, kind];
      const batches = [{value: {xs: task.x.clone(), ys}}, {done: true}];
      const data = {iterator: async () => ({next: async () => batches.shift()})};
      expect(await evaluated(task, {kind: [f1()]}, data)).toEqual(expected);
    });
  });

  it('evaluates segmentation per pixel', async () => {
    const task = segmentation(3, 'one-hot');
    const numbers = tf.argMax(task.y as tf.Tensor, 3);
    const {val_f1} = await evaluated(task, [f1({average: 'micro'})], [task.x, numbers]);
    const right = tf.tidy(
      () =>
        tf
          .mean(tf.cast(tf.equal(tf.argMax(task.model.predict(task.x) as tf.Tensor, 3), numbers), 'float32'))
          .dataSync()[0],
    );
    expect(val_f1).toEqual([expect.closeTo(right, 5)]);
  });

  it.each<[string, () => Task, EvaluationOptions['metrics'], tf.ModelFitArgs, string]>([
    [
      'an unknown compiled metric',
      regression,
      ['mae'],
      {},
      'the model has no metric "mae"; it is compiled with loss',
    ],
    [
      'a metric of one output for several',
      twoHeads,
      [f1()],
      {},
      'has 2 outputs; give f1 by output, as {metrics: {size: [f1()]}}',
    ],
    ['an unknown output', twoHeads, {color: [f1()]}, {}, 'has no output "color"; there are size, kind'],
    ['a figure that fit logs', regression, ['loss'], {validationSplit: 0.5}, 'fit itself logs "val_loss"'],
  ])('rejects %s before the first batch', async (_, make, metrics, args, message) => {
    const task = make();
    const batches = jest.fn();
    const callbacks = [
      evaluation({metrics, data: [task.x, task.y]}),
      new tf.CustomCallback({onBatchEnd: batches}) as never,
    ];
    const running = trained(task, callbacks, args);
    await expect(running).rejects.toThrow(/^evaluation: /);
    await expect(running).rejects.toThrow(message);
    expect(batches).not.toHaveBeenCalled();
  });

  it.each([[{}], [{a: []}], [{a: f1()}], [[]], [[3]], ['f1'], [{a: ['loss']}], [null]])(
    'refuses the metrics %j at once',
    (metrics) => {
      expect(() => evaluation({metrics: metrics as never, data: [tf.zeros([1]), tf.zeros([1])]})).toThrow(
        'evaluation: metrics must be a list as [f1(), accuracy()], got',
      );
    },
  );
});

describe('iterativePruning()', () => {
  const pruned = async (task: Task, options: IterativePruningOptions = {}) => {
    const callback = iterativePruning({maxDrop: 1e6, step: 0.25, ...options});
    const {history} = await trained(task, [callback], validated(task));
    return {history, rounds: callback.rounds};
  };

  it.each<[string, () => Task, string]>([
    ['a regression', () => regression(), 'val_loss'],
    ['a regression with a metric', () => regression({metrics: ['mae']}), 'val_mae'],
    ['a loss and a metric of its own', () => regression({loss: quality, metrics: [quality]}), 'val_loss'],
    ['segmentation', () => segmentation(3, 'one-hot', {metrics: ['accuracy']}), 'val_acc'],
    ['several outputs', () => twoHeads(), 'val_loss'],
  ])('chooses the monitored metric for %s', async (_, make, monitor) => {
    const {history, rounds} = await pruned(make());
    expect(rounds[0].recovered).toBeCloseTo(history[monitor][1] as number, 5);
    expect(rounds.length).toBeGreaterThan(2);
  });

  it('prunes nothing if the loss may not rise, and to the target if it may', async () => {
    const task = regression();
    await trained(task, [], {epochs: 60});
    await pruned(task, {maxDrop: 0, recover: 1, minStep: 0.2});
    expect(report(task.model).total.sparsity).toBe(0);
    await pruned(task, {maxDrop: 1e6});
    expect(report(task.model).total.sparsity).toBeGreaterThan(0.9);
  });

  it('monitors a figure of one of several outputs', async () => {
    for (const [monitor, at] of [
      ['val_size_loss', 0],
      ['val_kind_acc', 2],
    ] as const) {
      const task = twoHeads({optimizer: tf.train.sgd(0)});
      const expected = lossesOf(task)[at];
      const {rounds, history} = await pruned(task, {monitor});
      expect(history[monitor][0]).toBeCloseTo(expected, 4);
      expect(rounds.at(-2)?.recovered).toBeCloseTo(lossesOf(task)[at], 4);
    }
  });

  it('evaluates a sample of several outputs before a cut', async () => {
    const task = twoHeads({optimizer: tf.train.sgd(0)});
    const [size, kind] = lossesOf(task);
    const {rounds} = await pruned(task, {sample: [task.x, task.y as tf.Tensor[]]});
    expect(rounds[0].before).toBeCloseTo(size + kind, 4);
  });

  it('rejects a name that implies no mode, unless the mode is given', async () => {
    expect(() => iterativePruning({monitor: 'val_quality'})).toThrow(
      `iterativePruning: the name "val_quality" does not imply whether large or small values are better; give mode: 'max' or 'min'`,
    );
    const {rounds} = await pruned(regression({metrics: [quality]}), {monitor: 'val_quality', mode: 'max'});
    expect(rounds.length).toBeGreaterThan(1);
  });
});

describe('autoPrune()', () => {
  const tried = ({model, x, y}: Task, options: object = {}) =>
    autoPrune(
      model,
      {x, y, validationData: [x, y]},
      {candidates: {plain: {}}, maxDrop: 1e6, fit: {epochs: 3}, ...options},
    );

  it.each<[string, () => Task, string]>([
    ['a regression', () => regression(), 'val_loss'],
    ['a regression with a metric', () => regression({metrics: ['mse']}), 'val_mse'],
    ['segmentation', () => segmentation(1, 'numbers', {metrics: ['accuracy']}), 'val_acc'],
    ['several outputs', () => twoHeads(), 'val_loss'],
  ])('chooses the metric of trials for %s', async (_, make, monitor) => {
    const result = await tried(make());
    expect(`${result}`).toContain(`${monitor} at 0.8`);
    expect(result.tried[0].metric).not.toBeNaN();
    expect(result.rounds.length).toBeGreaterThan(0);
  });

  it('chooses the candidate with the smallest loss', async () => {
    const task = regression();
    const inverse = {importance: ({value}: {value: tf.Tensor}) => tf.neg(tf.abs(value))};
    const {best, tried: all} = await tried(task, {candidates: {inverse, plain: {}}});
    const [first, second] = all.map(({metric}) => metric);
    expect(best).toBe(first < second ? 'inverse' : 'plain');
  });

  it.each<[string, object, string]>([
    [
      'a figure that the logs will not have',
      {monitor: 'val_f1'},
      'the logs have no "val_f1", only loss, val_loss',
    ],
    ['a mode that is none', {mode: 'up'}, `mode must be 'max' or 'min', got "up"`],
  ])('rejects %s before it trains', async (_, options, message) => {
    const task = regression();
    const before = task.model.getWeights().map((weight) => weight.dataSync());
    await expect(tried(task, options)).rejects.toThrow(`autoPrune: ${message}`);
    expect(task.model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
  });

  it('rejects a model that is not compiled', async () => {
    const task = regression();
    const model = tf.sequential({layers: task.model.layers});
    await expect(tried({...task, model})).rejects.toThrow(`autoPrune: model "${model.name}" is not compiled`);
  });
});

it.each<[string, () => Task]>([
  ['a regression', regression],
  ['segmentation', () => segmentation(3, 'one-hot')],
  ['several outputs', twoHeads],
])('project() thresholds the weights of %s', async (_, make) => {
  const task = make();
  await trained(task, [project({sparsity: 0.5})]);
  for (const {value} of prunableWeights(task.model)) {
    const values = value.dataSync();
    expect(values.filter((number) => number === 0).length).toBeGreaterThanOrEqual(values.length / 2 - 0.5);
  }
});
