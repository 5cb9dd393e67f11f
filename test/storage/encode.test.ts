import * as tf from '@tensorflow/tfjs';
import {decode, encode, encodeArtifacts, prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {architectures, Doubled} from '../support/architectures';
import {expectNoLeakedTensors} from '../support/memory';
import {convNet, examples, mlp, oneDense, outputsOf} from '../support/models';

// As for every file of tfjs, whoever loads one knows its classes.
tf.serialization.registerClass(Doubled);

it.each(architectures)('decode(encode()) of %s gives what strip gives', async (_, make) => {
  const model = await prunable(make());
  await prune(model, 0.7);
  const [plain, back] = [await strip(model), await decode(await encode(model))];
  // tfjs numbers stacked cells anew each time.
  const topologyOf = (of: tf.LayersModel) => `${of.toJSON()}`.replace(/Cells\d+/g, 'Cells');
  expect(topologyOf(back)).toEqual(topologyOf(plain));
  expect(outputsOf(back)).toEqual(outputsOf(plain));
});

it('a plain model comes back as it is', async () => {
  const plain = await strip(convNet());
  const back = await decode(await encode(plain));
  expect(back.toJSON(null, false)).toEqual(plain.toJSON(null, false));
  expect(outputsOf(back)).toEqual(outputsOf(plain));
});

it('zeros come from the masks, whatever is stored', async () => {
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

it('what comes back is compiled like the model, with a fresh optimizer', async () => {
  const model = mlp();
  model.compile({optimizer: tf.train.momentum(0.03, 0.7, true), loss: 'meanSquaredError', metrics: ['mse']});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  const back = await decode(await encode(model));
  expect(back.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
  expect(back.evaluate(x, y).toString()).toEqual(model.evaluate(x, y).toString());
});

it.each([
  ['a loss', {optimizer: 'sgd', loss: (y: tf.Tensor, p: tf.Tensor) => tf.losses.meanSquaredError(y, p)}],
  [
    'a metric',
    {optimizer: 'sgd', loss: 'meanSquaredError', metrics: [(y: tf.Tensor, _: tf.Tensor) => tf.mean(y)]},
  ],
] as const)('%s of its own leaves what comes back uncompiled', async (_, compiled) => {
  const model = mlp();
  model.compile(compiled as never);
  expect((await decode(await encode(model))).optimizer).toBeUndefined();
});

it('metadata comes along', async () => {
  const model = mlp();
  model.setUserDefinedMetadata({labels: ['cat', 'dog']});
  const back = await decode(await encode(model));
  expect((back as unknown as {userDefinedMetadata: object}).userDefinedMetadata).toEqual({
    labels: ['cat', 'dog'],
  });
});

it('the model given stays as it is, and nothing leaks', async () => {
  const model = convNet();
  await prune(model, 0.5);
  const before = outputsOf(model);
  await expectNoLeakedTensors(async () => {
    (await decode(await encode(model, {values: 'int8'}))).dispose();
  });
  expect(outputsOf(model)).toEqual(before);
});

it('encode says what it takes', async () => {
  await expect(encode(null as never)).rejects.toThrow('encode: expected a model of tfjs, got null');
  await expect(encode(mlp(), {values: 'int3'} as never)).rejects.toThrow('encode: values must be "float32"');
});

it('encode of values that are not finite says where they are', async () => {
  const model = oneDense([[1, Number.NaN]]);
  await expect(encode(model, {values: 'int8'})).rejects.toThrow(
    'encode: "only/kernel" has the value NaN, which takes "float32"; choose that for it',
  );
});

it('a mask of a weight that goes by another name than its field is told', async () => {
  const handler = tf.io.withSaveHandler(async ({weightSpecs, ...artifacts}) => {
    const renamed = weightSpecs?.map((spec) => ({...spec, name: spec.name.replace(/kernel$/, 'matrix')}));
    const encoding = encodeArtifacts({...artifacts, weightSpecs: renamed});
    await expect(encoding).rejects.toThrow(
      'encodeArtifacts: there is no weight only/kernel or only/kernel for the mask only/kernel_mask; strip() the',
    );
    return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
  });
  await oneDense([[1, 2]]).save(handler);
  expect.assertions(1);
});
