import {runInNewContext} from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import {decode, encode, prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {decodeArtifacts, encodeArtifacts} from 'tfjs-pruning/storage';
import {modelInternals} from '../../src/model/tfjs';
import {architectures, Doubled} from '../support/architectures';
import {expectNoLeakedTensors} from '../support/memory';
import {convNet, examples, mlp, oneDense, outputsOf} from '../support/models';

// Loading requires registered classes, as for every file of tfjs.
tf.serialization.registerClass(Doubled);

it.each(architectures)('decode(encode()) of %s equals strip()', async (_, make) => {
  const model = await prunable(make());
  await prune(model, 0.7);
  const [plain, back] = [await strip(model), await decode(await encode(model))];
  // tfjs gives stacked cells new numbers each time.
  const topologyOf = (of: tf.LayersModel) => `${of.toJSON()}`.replace(/Cells\d+/g, 'Cells');
  expect(topologyOf(back)).toEqual(topologyOf(plain));
  expect(outputsOf(back)).toEqual(outputsOf(plain));
});

it('decode(encode()) of a plain model is unchanged', async () => {
  const plain = await strip(convNet());
  const back = await decode(await encode(plain));
  expect(back.toJSON(null, false)).toEqual(plain.toJSON(null, false));
  expect(outputsOf(back)).toEqual(outputsOf(plain));
});

it('decode() accepts the ArrayBuffer of the bytes, as fetch returns it', async () => {
  const plain = await strip(convNet());
  const {buffer} = (await encode(plain)).slice();
  for (const given of [buffer, runInNewContext('bytes.slice().buffer', {bytes: new Uint8Array(buffer)})]) {
    expect(outputsOf(await decode(given as ArrayBuffer))).toEqual(outputsOf(plain));
    expect((await decodeArtifacts(given as ArrayBuffer)).weightSpecs).toHaveLength(4);
  }
});

it('encode() writes zeros where a mask is 0, for every precision', async () => {
  const model = oneDense([[1, 2]]);
  await prune(model, 0.5);
  model.layers[0].setWeights([tf.tensor2d([[-7, 8]]), ...model.layers[0].getWeights().slice(1)]);
  const [kernel, bias, ...rest] = (await decode(await encode(model))).getWeights();
  expect([[...kernel.dataSync()], [...bias.dataSync()], rest]).toEqual([[0, 8], [0, 0], []]);
});

it.each([
  ['float16', 3],
  ['int8', 1],
  [{bits: 4}, 1],
] as const)('the outputs of a model written as %j are about the same', async (values, digits) => {
  const model = mlp();
  await prune(model, 0.5);
  const back = outputsOf(await decode(await encode(model, {values})));
  outputsOf(model).forEach((output, i) => {
    expect(back[i]).toBeCloseTo(output, digits);
  });
});

/** A network after one step of an optimizer. */
async function trained(optimizer: tf.Optimizer | string, metrics: object = ['mse']): Promise<tf.LayersModel> {
  const model = mlp();
  model.compile({optimizer, loss: 'meanSquaredError', metrics: metrics as string[]});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  return model;
}

/** A custom optimizer, not registered with tfjs. */
class Own extends tf.SGDOptimizer {
  static override get className() {
    return 'Own';
  }
}

const ownLoss = (y: tf.Tensor, p: tf.Tensor) => tf.losses.meanSquaredError(y, p) as tf.Scalar;

it.each<[string, () => tf.ModelCompileArgs]>([
  ['an optimizer by name', () => ({optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mse']})],
  ['an optimizer that is not registered', () => ({optimizer: new Own(0.1), loss: 'meanSquaredError'})],
  ['a custom loss', () => ({optimizer: 'sgd', loss: ownLoss})],
  ['a custom metric', () => ({optimizer: 'sgd', loss: 'meanSquaredError', metrics: [ownLoss]})],
  [
    'lists of metrics by output',
    () => ({optimizer: 'sgd', loss: 'meanSquaredError', metrics: {output: ['mse', 'mae']} as never}),
  ],
])('decode(encode()) of a model compiled with %s drops it, like save, and leaks nothing', async (_, args) => {
  const model = mlp();
  model.compile(args());
  await expectNoLeakedTensors(async () => {
    const bytes = await encode(model);
    expect((await decodeArtifacts(bytes)).trainingConfig).toBeUndefined();
    const back = await decode(bytes);
    expect(back.optimizer).toBeUndefined();
    back.dispose();
  });
});

const optimizers = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.03, 0.7, true),
  adam: () => tf.train.adam(0.01),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.1),
  rmsprop: () => tf.train.rmsprop(0.1, 0.8, 0.5, 1e-7, true),
};

describe.each(Object.entries(optimizers))('encode() with includeOptimizer of %s', (_, optimizer) => {
  it('restores the training configuration and the slots', async () => {
    const model = await trained(optimizer());
    const back = await decode(await encode(model, {includeOptimizer: true}));
    expect(back.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
    const {x, y} = examples();
    expect(back.evaluate(x, y).toString()).toEqual(model.evaluate(x, y).toString());
    for (const one of [model, back]) {
      await one.trainOnBatch(x, y);
    }
    expect(outputsOf(back)).toEqual(outputsOf(await strip(model)));
  });

  it('leaks no tensors when the decoded model is disposed', async () => {
    const model = await trained(optimizer());
    for (const compile of [true, false]) {
      await expectNoLeakedTensors(async () => {
        (await decode(await encode(model, {includeOptimizer: true}), {compile})).dispose();
      });
    }
  });
});

it('decode() with compile: false ignores the training configuration', async () => {
  const bytes = await encode(await trained('adam'), {includeOptimizer: true});
  expect((await decode(bytes, {compile: false})).optimizer).toBeUndefined();
  expect((await decode(bytes)).optimizer.getClassName()).toBe('Adam');
});

it.each<[string, () => tf.ModelCompileArgs]>([
  [
    'the optimizer Own is not registered; register it with tf.serialization.registerClass()',
    () => ({optimizer: new Own(0.1), loss: 'meanSquaredError'}),
  ],
  ['the loss or a metric is a function', () => ({optimizer: 'sgd', loss: ownLoss})],
  [
    'the loss or a metric is a function',
    () => ({optimizer: 'sgd', loss: 'meanSquaredError', metrics: [ownLoss]}),
  ],
  [
    'the metrics of an output are a list',
    () => ({optimizer: 'sgd', loss: 'meanSquaredError', metrics: {output: ['mse']} as never}),
  ],
])(
  'encode() with includeOptimizer throws if tfjs could not load the configuration: %s',
  async (message, args) => {
    const model = mlp();
    model.compile(args());
    await expect(encode(model, {includeOptimizer: true})).rejects.toThrow(
      new RegExp(`^encode: ${message.replace(/[()]/g, '\\$&')}.*, or leave out includeOptimizer$`),
    );
  },
);

it('decode(encode()) keeps user-defined metadata', async () => {
  const model = mlp();
  model.setUserDefinedMetadata({labels: ['cat', 'dog']});
  const back = await decode(await encode(model));
  expect(modelInternals(back).userDefinedMetadata).toEqual({
    labels: ['cat', 'dog'],
  });
});

it('encode() leaves the model unchanged, and leaks nothing', async () => {
  const model = convNet();
  await prune(model, 0.5);
  const before = outputsOf(model);
  await expectNoLeakedTensors(async () => {
    (await decode(await encode(model, {values: 'int8'}))).dispose();
  });
  expect(outputsOf(model)).toEqual(before);
});

it('encode() and decode() reject invalid arguments', async () => {
  await expect(encode(null as never)).rejects.toThrow(
    'encode: expected a tf.LayersModel or tf.GraphModel, got null',
  );
  await expect(encode(mlp(), {values: 'int3'} as never)).rejects.toThrow('encode: values must be "float32"');
  await expect(encode(mlp(), {value: 'int8'} as never)).rejects.toThrow(
    'encode: unknown option "value"; there are values, includeOptimizer',
  );
  await expect(encode(mlp(), {includeOptimizer: 1} as never)).rejects.toThrow(
    'encode: includeOptimizer must be true or false, got 1',
  );
  await expect(decode(await encode(mlp()), {compiled: false} as never)).rejects.toThrow(
    'decode: unknown option "compiled"; there are compile',
  );
});

it('encode() names the weight of values that are not finite', async () => {
  const model = oneDense([[1, Number.NaN]]);
  await expect(encode(model, {values: 'int8'})).rejects.toThrow(
    'encode: "only/kernel" has the value NaN, which requires "float32"; choose that for it with values',
  );
});

it('encode() throws for a mask without a weight of its name', async () => {
  const handler = tf.io.withSaveHandler(async ({weightSpecs, ...artifacts}) => {
    const renamed = weightSpecs?.map((spec) => ({...spec, name: spec.name.replace(/kernel$/, 'matrix')}));
    const encoding = encodeArtifacts({...artifacts, weightSpecs: renamed});
    await expect(encoding).rejects.toThrow(
      'encodeArtifacts: there is no weight only/kernel for the mask only/kernel_mask; strip() the',
    );
    return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
  });
  await oneDense([[1, 2]]).save(handler);
  expect.assertions(1);
});
