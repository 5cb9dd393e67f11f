import * as tf from '@tensorflow/tfjs';
import {linear} from 'tfjs-pruning';
import {distillation, pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {expectNoLeakedTensors} from '../support/memory';
import {seeded} from '../support/models';
import {stateOf} from '../support/state';

const x = tf.randomNormal([16, 4], 0, 1, 'float32', 3);
const classes = tf.tidy(() =>
  tf.oneHot(
    tf.tensor1d(
      Array.from({length: 16}, (_, i) => i % 3),
      'int32',
    ),
    3,
  ),
);
const quiet = {shuffle: false, verbose: 0, batchSize: 8} as const;

type Activation = 'softmax' | 'linear' | 'sigmoid';

/** Two layers, `hidden` and `output`. */
function net(seed: number, activation: Activation = 'softmax', hidden = 5): tf.Sequential {
  return tf.sequential({
    layers: [
      prunableDense({
        units: hidden,
        inputShape: [4],
        activation: 'tanh',
        name: 'hidden',
        kernelInitializer: seeded(seed),
      }),
      prunableDense({units: 3, activation, name: 'output', kernelInitializer: seeded(seed + 1)}),
    ],
  });
}

type Loss = Parameters<tf.LayersModel['compile']>[0]['loss'];

function compiled(
  model: tf.LayersModel,
  loss: Loss = 'categoricalCrossentropy',
  metrics: string[] = [],
): tf.LayersModel {
  model.compile({optimizer: tf.train.sgd(0.1), loss, metrics});
  return model;
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const close = (all: number[][]) => all.map((values) => values.map((value) => expect.closeTo(value, 4)));
const fitted = async (model: tf.LayersModel, y: tf.Tensor, args: tf.ModelFitArgs = {}) => {
  const {history} = await model.fit(x, y, {...quiet, epochs: 2, ...args});
  return history as Record<string, number[]>;
};

describe('distillation()', () => {
  it('at temperature 1 trains as the loss on the probabilities of the teacher', async () => {
    const teacher = net(5);
    const [student, plain] = [compiled(net(1)), compiled(net(1))];
    await fitted(student, classes, {callbacks: [distillation({teacher, temperature: 1})]});
    await fitted(plain, teacher.predict(x) as tf.Tensor);
    expect(weightsOf(student)).toEqual(close(weightsOf(plain)));
  });

  it('minimizes (1 − share) of the loss and share of the distillation', async () => {
    const teacher = net(5);
    const [student, mixed] = [compiled(net(1)), compiled(net(1))];
    await fitted(student, classes, {callbacks: [distillation({teacher, temperature: 1, share: 0.3})]});
    const y = tf.tidy(() => tf.add(tf.mul(classes, 0.7), tf.mul(teacher.predict(x) as tf.Tensor, 0.3)));
    await fitted(mixed, y);
    expect(weightsOf(student)).toEqual(close(weightsOf(mixed)));
  });

  it('with share 0 trains as without it', async () => {
    const [student, plain] = [compiled(net(1)), compiled(net(1))];
    const distilled = await fitted(student, classes, {
      callbacks: [distillation({teacher: net(5), share: 0})],
    });
    expect(distilled.loss).toEqual(
      (await fitted(plain, classes)).loss.map((loss) => expect.closeTo(loss, 4)),
    );
    expect(weightsOf(student)).toEqual(close(weightsOf(plain)));
  });

  it.each<[string, Activation, Loss, Activation]>([
    ['logits from probabilities', 'linear', tf.losses.softmaxCrossEntropy, 'softmax'],
    ['probabilities from logits', 'softmax', 'categoricalCrossentropy', 'linear'],
    ['logits from logits', 'linear', tf.losses.softmaxCrossEntropy, 'linear'],
    [
      'probabilities with a custom loss',
      'softmax',
      (y, p) => tf.metrics.categoricalCrossentropy(y, p),
      'linear',
    ],
  ])('teaches %s alike', async (_, activation, loss, teachers) => {
    const [student, expected] = [compiled(net(1, activation), loss), compiled(net(1))];
    await fitted(student, classes, {callbacks: [distillation({teacher: net(5, teachers)})]});
    await fitted(expected, classes, {callbacks: [distillation({teacher: net(5)})]});
    expect(weightsOf(student)).toEqual(close(weightsOf(expected)));
  });

  it.each<[string, Activation, Loss]>([
    ['numbers by mean squares', 'linear', 'meanSquaredError'],
    ['labels at temperature 1 as their loss', 'sigmoid', 'binaryCrossentropy'],
  ])('teaches %s', async (_, activation, loss) => {
    const teacher = net(5, activation);
    const [student, plain] = [compiled(net(1, activation), loss), compiled(net(1, activation), loss)];
    await fitted(student, classes, {callbacks: [distillation({teacher, temperature: 1})]});
    await fitted(plain, teacher.predict(x) as tf.Tensor);
    expect(weightsOf(student)).toEqual(close(weightsOf(plain)));
  });

  it('takes the task of an output from the option', async () => {
    const loss = (y: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(y, logits);
    const [student, expected] = [compiled(net(1, 'linear'), loss), compiled(net(1))];
    await fitted(student, classes, {callbacks: [distillation({teacher: net(5), task: {output: 'classes'}})]});
    await fitted(expected, classes, {callbacks: [distillation({teacher: net(5)})]});
    expect(weightsOf(student)).toEqual(close(weightsOf(expected)));
  });

  it('leaves validation, metrics, the teacher and other uses of the model alone', async () => {
    const teacher = net(5);
    const before = weightsOf(teacher);
    const student = compiled(net(1), undefined, ['acc']);
    const evaluated: number[] = [];
    class Watch extends tf.Callback {
      override async onEpochEnd() {
        const [loss] = student.evaluate(x, classes, {batchSize: 16}) as tf.Scalar[];
        evaluated.push(loss.dataSync()[0]);
      }
    }
    const history = await fitted(student, classes, {
      validationData: [x, classes],
      callbacks: [distillation({teacher}), new Watch()],
    });
    expect(history.val_loss).toEqual(evaluated.map((loss) => expect.closeTo(loss, 4)));
    expect(history.val_loss[1]).toBeLessThan(3);
    // T² times the cross-entropy of soft probabilities is large.
    expect(history.loss[1]).toBeGreaterThan(10);
    expect(history.acc.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(weightsOf(teacher)).toEqual(before);
  });

  it('begins at its epoch', async () => {
    const [student, plain] = [compiled(net(1)), compiled(net(1))];
    const callback = distillation({teacher: net(5), begin: 1});
    const distilled = await fitted(student, classes, {callbacks: [callback]});
    const {loss} = await fitted(plain, classes);
    expect(distilled.loss[0]).toBe(loss[0]);
    expect(distilled.loss[1]).toBeGreaterThan(10);
  });

  it('applies class weights to the loss alone', async () => {
    const classWeight = {0: 0, 1: 2, 2: 5};
    const weighted = compiled(net(1));
    const {loss} = await fitted(weighted, classes, {classWeight, epochs: 1, batchSize: 16});
    const total = async (share: number, args: tf.ModelFitArgs) => {
      const student = compiled(net(1));
      const callbacks = [distillation({teacher: net(5), share})];
      return (await fitted(student, classes, {...args, epochs: 1, batchSize: 16, callbacks})).loss[0];
    };
    const taught = await total(1, {});
    expect(await total(1, {classWeight})).toBeCloseTo(taught, 4);
    expect(await total(0.25, {classWeight})).toBeCloseTo(0.75 * loss[0] + 0.25 * taught, 4);
  });

  it('matches paired layers by mean squares, times their strength', async () => {
    const teacher = net(5);
    const total = async (layers: [string, string, number?][]) => {
      const callbacks = [distillation({teacher, layers, share: 0.5})];
      return (await fitted(compiled(net(1)), classes, {epochs: 1, batchSize: 16, callbacks})).loss[0];
    };
    const hidden = (model: tf.Sequential) =>
      tf.model({inputs: model.inputs, outputs: model.getLayer('hidden').output as tf.SymbolicTensor});
    const [a, b] = [teacher, net(1)].map((model) => hidden(model).predict(x) as tf.Tensor);
    const squares = tf.mean(tf.squaredDifference(a, b)).dataSync()[0];
    expect(squares).toBeGreaterThan(0.1);
    const without = await total([]);
    expect(await total([['hidden', 'hidden']])).toBeCloseTo(without + 0.5 * squares, 4);
    expect(await total([['hidden', 'hidden', 3]])).toBeCloseTo(without + 1.5 * squares, 4);
  });

  it('learns from paired layers alone what the teacher computes there', async () => {
    const teacher = net(5);
    const student = compiled(net(1, 'softmax'));
    const gap = () =>
      tf
        .mean(
          tf.squaredDifference(
            ...([teacher, student].map((model) => model.layers[0].apply(x)) as [tf.Tensor, tf.Tensor]),
          ),
        )
        .dataSync()[0];
    const before = gap();
    await fitted(student, classes, {
      epochs: 100,
      callbacks: [distillation({teacher, layers: [['hidden', 'hidden', 20]]})],
    });
    expect(gap()).toBeLessThan(before / 10);
  });

  it('prunes and distills in one fit, and leaks nothing', async () => {
    const teacher = net(5);
    const student = compiled(net(1));
    await fitted(student, classes);
    for (const given of [teacher, 'self'] as const) {
      await expectNoLeakedTensors(async () => {
        const callbacks = [
          pruning({schedule: linear({to: 0.5}), begin: 0, end: 1}),
          distillation({teacher: given, share: 0.9, layers: [['hidden', 'hidden']]}),
        ];
        await fitted(student, classes, {callbacks, epochs: 3});
      });
    }
  });

  it('gets closer to the teacher than training on the targets', async () => {
    const teacher = net(5);
    const make = () => {
      const model = net(1);
      model.compile({optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy'});
      return model;
    };
    const [student, plain] = [make(), make()];
    await fitted(student, classes, {epochs: 100, callbacks: [distillation({teacher})]});
    await fitted(plain, classes, {epochs: 100});
    expect(difference(teacher, student)).toBeLessThan(difference(teacher, plain) / 3);
  });

  it('works in fitDataset', async () => {
    const teacher = net(5);
    const [student, expected] = [compiled(net(1)), compiled(net(1))];
    const dataset = tf.data.generator(function* () {
      for (const start of [0, 8]) yield {xs: tf.slice(x, start, 8), ys: tf.slice(classes, start, 8)};
    }) as tf.data.Dataset<tf.TensorContainer>;
    await student.fitDataset(dataset, {epochs: 2, verbose: 0, callbacks: [distillation({teacher})]});
    await fitted(expected, classes, {callbacks: [distillation({teacher})]});
    expect(weightsOf(student)).toEqual(close(weightsOf(expected)));
  });
});

describe('several inputs and outputs', () => {
  const twin = (seed: number) => {
    const inputs = [tf.input({shape: [4]}), tf.input({shape: [4]})];
    const both = tf.layers.concatenate().apply(inputs) as tf.SymbolicTensor;
    const hidden = prunableDense({units: 5, activation: 'tanh', kernelInitializer: seeded(seed)}).apply(both);
    const head = (name: string, units: number, activation: Activation, more: number) =>
      prunableDense({name, units, activation, kernelInitializer: seeded(seed + more)}).apply(
        hidden,
      ) as tf.SymbolicTensor;
    return tf.model({inputs, outputs: [head('kind', 3, 'softmax', 1), head('size', 1, 'linear', 2)]});
  };
  const sizes = tf.range(0, 16).reshape([16, 1]).div(16) as tf.Tensor;
  const y = [classes, sizes];
  const losses = {kind: 'categoricalCrossentropy', size: 'meanSquaredError'};
  const make = (seed: number) => compiled(twin(seed), losses, ['acc']);
  const train = async (model: tf.LayersModel, targets: tf.Tensor[], callbacks: tf.Callback[]) => {
    const {history} = await model.fit([x, x], targets, {
      ...quiet,
      epochs: 2,
      callbacks,
      validationData: [[x, x], y],
    });
    return history as Record<string, number[]>;
  };

  it('are taught together, each by its task', async () => {
    const teacher = twin(5);
    const [student, plain] = [make(1), make(1)];
    await train(student, y, [distillation({teacher, temperature: 1})]);
    await train(plain, teacher.predict([x, x]) as tf.Tensor[], []);
    expect(weightsOf(student)).toEqual(close(weightsOf(plain)));
  });

  it('log their own losses without the distillation', async () => {
    const rate = (model: tf.LayersModel) => Object.assign(model, {optimizer: tf.train.sgd(0)});
    for (const share of [0.5, 1]) {
      const [student, plain] = [rate(make(1)), rate(make(1))];
      const taught = await train(student, y, [distillation({teacher: twin(5), share})]);
      const {loss, ...others} = await train(plain, y, []);
      expect(taught).toMatchObject(
        Object.fromEntries(
          Object.entries(others).map(([name, values]) => [
            name,
            values.map((value) => expect.closeTo(value, 4)),
          ]),
        ),
      );
      expect(taught.loss[0]).not.toBeCloseTo(loss[0], 1);
    }
  });

  it('leak nothing', async () => {
    const [teacher, student] = [twin(5), make(1)];
    await train(student, y, []);
    await expectNoLeakedTensors(() => train(student, y, [distillation({teacher, share: 0.5})]));
  });
});

describe("teacher: 'self'", () => {
  it('teaches what the model was at the beginning of the epoch', async () => {
    const [student, expected] = [compiled(net(1)), compiled(net(1))];
    const teacher = compiled(net(1));
    await fitted(teacher, classes, {epochs: 1});
    await fitted(student, classes, {
      epochs: 3,
      callbacks: [distillation({teacher: 'self', begin: 1, share: 0.5})],
    });
    await fitted(expected, classes, {epochs: 3, callbacks: [distillation({teacher, begin: 1, share: 0.5})]});
    expect(stateOf(student)).toEqual(stateOf(expected));
  });

  it('resumes with the same copy in another process', async () => {
    const make = () => distillation({teacher: 'self', share: 0.5, begin: 1});
    const whole = compiled(net(1));
    await fitted(whole, classes, {epochs: 4, callbacks: [make()]});
    const stopped = compiled(net(1));
    const first = make();
    await fitted(stopped, classes, {epochs: 2, callbacks: [first]});
    const second = make();
    second.restore(JSON.parse(JSON.stringify(first.state())));
    await fitted(stopped, classes, {initialEpoch: 2, epochs: 4, callbacks: [second]});
    expect(stateOf(stopped)).toEqual(stateOf(whole));
  });

  it('continues with the same copy in a second fit of the callback, and copies again in a new training', async () => {
    const whole = compiled(net(1));
    await fitted(whole, classes, {epochs: 4, callbacks: [distillation({teacher: 'self', share: 0.5})]});
    const twice = compiled(net(1));
    const callback = distillation({teacher: 'self', share: 0.5});
    await fitted(twice, classes, {epochs: 2, callbacks: [callback]});
    const before = callback.state();
    await fitted(twice, classes, {initialEpoch: 2, epochs: 4, callbacks: [callback]});
    expect(stateOf(twice)).toEqual(stateOf(whole));
    expect(callback.state()).toEqual(before);
    await fitted(twice, classes, {epochs: 1, callbacks: [callback]});
    expect(callback.state()).not.toEqual(before);
  });

  it('asks for the state where the copy of an earlier epoch is missing', async () => {
    const callbacks = [distillation({teacher: 'self', begin: 1})];
    await expect(fitted(compiled(net(1)), classes, {initialEpoch: 2, epochs: 4, callbacks})).rejects.toThrow(
      'distillation: the copy of epoch 1 is missing, as this run begins with epoch 2; restore(state)',
    );
  });

  it('rejects the state of another model before the first batch', async () => {
    const other = distillation({teacher: 'self'});
    await fitted(compiled(net(1, 'softmax', 7)), classes, {callbacks: [other]});
    const callback = distillation({teacher: 'self'});
    callback.restore(other.state());
    const model = compiled(net(1));
    const before = stateOf(model);
    await expect(fitted(model, classes, {callbacks: [callback]})).rejects.toThrow(
      'distillation: the state is of another model, one with weights of shapes [4,7], [7], [7,3], [3]; this one has [4,5]',
    );
    expect(stateOf(model)).toEqual(before);
  });
});

describe('bad input', () => {
  const image = tf.sequential({
    layers: [tf.layers.flatten({inputShape: [2, 2]}), tf.layers.dense({units: 3})],
  });
  const wide = tf.sequential({name: 'wide', layers: [tf.layers.dense({units: 4, inputShape: [4]})]});
  const shared = () => {
    const layer = prunableDense({units: 4, name: 'shared'});
    const input = tf.input({shape: [4]});
    const outputs = prunableDense({units: 3}).apply(layer.apply(layer.apply(input)));
    return tf.model({inputs: input, outputs: outputs as tf.SymbolicTensor, name: 'loop'});
  };

  it.each<[string, () => Parameters<typeof distillation>[0], string | RegExp]>([
    [
      'a teacher with other outputs',
      () => ({teacher: wide}),
      'teacher "wide" has outputs of shape [4], and the model [3]; give',
    ],
    [
      'a teacher with other inputs',
      () => ({teacher: image}),
      /teacher ".*" has inputs of shape \[2,2\], and the model \[4\]/,
    ],
    ['no teacher', () => ({}) as never, 'distillation: expected a tf.LayersModel, got undefined'],
    [
      'a share above 1',
      () => ({teacher: net(5), share: 1.1}),
      'distillation: share must be a number from 0 to 1, got 1.1',
    ],
    [
      'a share below 0',
      () => ({teacher: net(5), share: -0.1}),
      'distillation: share must be a number from 0 to 1, got -0.1',
    ],
    [
      'a temperature of 0',
      () => ({teacher: net(5), temperature: 0}),
      'distillation: temperature must be a positive number, got 0',
    ],
    [
      'an unknown layer of the model',
      () => ({teacher: net(5), layers: [['hiden', 'hidden']]}),
      /distillation: model ".*" has no layer "hiden"; there are .*hidden, output/,
    ],
    [
      'an unknown layer of the teacher',
      () => ({teacher: net(5), layers: [['hidden', 'deep']]}),
      /distillation: model ".*" has no layer "deep"; there are hidden, output/,
    ],
    [
      'layers of other shapes',
      () => ({teacher: net(5, 'softmax', 6), layers: [['hidden', 'hidden']]}),
      'distillation: layer "hidden" has outputs of shape [5], and layer "hidden" of the teacher [6]; pair',
    ],
    [
      'a layer that is called twice',
      () => ({teacher: shared(), layers: [['hidden', 'shared']]}),
      'distillation: layer "shared" of model "loop" has 2 outputs, as it is shared',
    ],
    [
      'a pair that is none',
      () => ({teacher: net(5), layers: ['hidden'] as never}),
      'distillation: layers must be pairs of',
    ],
    [
      'the task of an unknown output',
      () => ({teacher: net(5), task: {kind: 'classes'}}),
      'distillation: task names the output "kind", and the model has "output"',
    ],
  ])('%s is an error before the first batch', async (_, options, message) => {
    const model = compiled(net(1));
    const before = stateOf(model);
    const train = async () => fitted(model, classes, {callbacks: [distillation(options())]});
    await expect(train()).rejects.toThrow(message);
    expect(stateOf(model)).toEqual(before);
  });

  it('the model as its own teacher is an error', async () => {
    const model = compiled(net(1));
    await expect(fitted(model, classes, {callbacks: [distillation({teacher: model})]})).rejects.toThrow(
      'distillation: the teacher is the model itself; give another model, or a copy',
    );
  });

  it.each<Activation>(['softmax', 'linear'])(
    'NaN of a %s teacher is reported after the first batch, and changes no weight',
    async (activation) => {
      const teacher = net(5, activation);
      teacher.layers[1].setWeights(
        teacher.layers[1]
          .getWeights()
          .map((weight) =>
            tf
              .fill(weight.shape, Number.NaN, weight.dtype === 'bool' ? 'float32' : weight.dtype)
              .cast(weight.dtype),
          ),
      );
      const model = compiled(net(1));
      await fitted(model, classes);
      const before = stateOf(model);
      const leaked = async (callback: tf.Callback, message: RegExp) => {
        const tensors = tf.memory().numTensors;
        await expect(fitted(model, classes, {callbacks: [callback]})).rejects.toThrow(message);
        return tf.memory().numTensors - tensors;
      };
      const found = await leaked(
        distillation({teacher, layers: [['output', 'output']]}),
        /^distillation: teacher ".*" returns NaN or infinite numbers for the first batch; check its weights/,
      );
      expect(stateOf(model)).toEqual(before);
      // tfjs itself leaves the loss of the batch at whose end a callback throws.
      class Failing extends tf.Callback {
        override async onBatchEnd() {
          throw new Error('failed');
        }
      }
      expect(found).toBe(await leaked(new Failing(), /^failed$/));
    },
  );
});
