import * as tf from '@tensorflow/tfjs';
import {averageWeights, decode, encode, type MaskMerge, prune, softUpdate, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {architectures} from './support/architectures';
import {kernelsOf, masksOf, mlp, oneDense, outputsOf, setKernels} from './support/models';
import {expectRefusal, stateOf} from './support/state';

const column = (values: number[]) => values.map((value) => [value]);

/** A layer of four inputs and one unit with a given kernel, whose zeros are masked. */
async function masked(kernel: number[]): Promise<tf.LayersModel> {
  return prunable(oneDense(column(kernel)), {zeros: 'mask'});
}

/** Overwrites all float weights of a model. */
function randomize(model: tf.LayersModel, seed: number): void {
  for (const [i, weight] of model.weights.entries()) {
    if (weight.dtype === 'bool') continue;
    tf.tidy(() => {
      weight.write(tf.randomUniform(weight.shape as number[], 0.1, 1, 'float32', seed + i));
    });
  }
}

const stored = (model: tf.LayersModel) =>
  model.weights.filter(({dtype}) => dtype !== 'bool').map((weight) => [...weight.read().dataSync()]);

describe('averageWeights', () => {
  it.each<[MaskMerge | undefined, number[], number[]]>([
    [undefined, [2, 2, 0, 0], [1, 1, 0, 1]],
    ['keep', [2, 2, 0, 0], [1, 1, 0, 1]],
    ['union', [2, 2, 3, 0], [1, 1, 1, 0]],
    ['intersection', [2, 0, 0, 0], [1, 0, 0, 0]],
  ])('with masks: %s stores the mean under these masks', async (masks, values, mask) => {
    const target = await masked([9, 9, 0, 9]);
    const models = [await masked([1, 4, 0, 0]), await masked([3, 0, 6, 0])];
    await averageWeights(target, models, masks && {masks});
    expect(kernelsOf(target)).toEqual([values]);
    expect(masksOf(target)).toEqual([mask]);
    expect(kernelsOf(models[0])).toEqual([[1, 4, 0, 0]]);
    expect(masksOf(models[1])).toEqual([[1, 0, 1, 0]]);
  });

  it('weights each model by its share', async () => {
    const target = await masked([1, 1, 1, 1]);
    const models = [await masked([4, 4, 4, 4]), await masked([8, 8, 8, 8]), await masked([1, 2, 3, 4])];
    await averageWeights(target, models, {shares: [300, 100, 0]});
    expect(kernelsOf(target)).toEqual([[5, 5, 5, 5]]);
  });

  it('accepts the target among the models, with its previous weights', async () => {
    const target = await masked([2, 0, 4, 0]);
    await averageWeights(target, [target, await masked([4, 4, 0, 0])], {masks: 'union'});
    expect(kernelsOf(target)).toEqual([[3, 2, 2, 0]]);
    expect(masksOf(target)).toEqual([[1, 1, 1, 0]]);
  });

  it('counts masked elements as 0, whatever value is stored', async () => {
    const [target, model] = [await masked([1, 1, 1, 1]), await masked([2, 0, 2, 0])];
    setKernels(model, column([2, 7, 2, 7]));
    await averageWeights(target, [model]);
    expect(kernelsOf(target)).toEqual([[2, 0, 2, 0]]);
  });

  it.each(architectures)(
    'averages all weights except masks of %s, also with plain models',
    async (_, make) => {
      const plain = make();
      const [target, first, second] = [await prunable(plain), await prunable(plain), await prunable(plain)];
      randomize(first, 1);
      randomize(second, 100);
      await prune(second, 0.5, {where: () => true});
      const other = await strip(second);
      const [a, b] = [stored(first), stored(second)];
      const mean = a.map((values, i) => values.map((value, at) => (value + b[i][at]) / 2));
      for (const models of [
        [first, second],
        [first, other],
      ]) {
        randomize(target, 200);
        const tensors = tf.memory().numTensors;
        await averageWeights(target, models, {masks: 'union'});
        expect(tf.memory().numTensors).toBe(tensors);
        stored(target).forEach((values, i) => {
          for (const [at, value] of values.entries()) expect(value).toBeCloseTo(mean[i][at], 5);
        });
        await averageWeights(target, models, {masks: 'intersection'});
        expect(masksOf(target)).toEqual(masksOf(second));
      }
    },
  );

  it('averages federated clients that send sparse files, and keeps the sparsity', async () => {
    const server = mlp();
    await prune(server, 0.5);
    const before = masksOf(server);
    const x = tf.randomNormal([16, 4], 0, 1, 'float32', 1);
    for (const round of [1, 2]) {
      const clients = [];
      for (const seed of [1, 2, 3]) {
        const client = await prunable(await decode(await encode(server)), {zeros: 'mask'});
        client.compile({optimizer: 'adam', loss: 'meanSquaredError'});
        await client.fit(x, tf.randomNormal([16, 3], 0, 1, 'float32', 10 * round + seed), {verbose: 0});
        clients.push(await decode(await encode(client)));
      }
      const outputs = outputsOf(server);
      await averageWeights(server, clients, {shares: [16, 16, 32]});
      expect(outputsOf(server)).not.toEqual(outputs);
      expect(masksOf(server)).toEqual(before);
    }
  });

  it('resets the optimizer slots of elements that it masks', async () => {
    const target = mlp();
    target.compile({optimizer: 'adam', loss: 'meanSquaredError'});
    const [x, y] = [tf.ones([4, 4]), tf.ones([4, 3])];
    await target.trainOnBatch(x, y);
    const sparse = mlp();
    await prune(sparse, 0.5);
    await averageWeights(target, [sparse], {masks: 'intersection'});
    await target.trainOnBatch(x, y);
    const moved = kernelsOf(target).flatMap((kernel, i) =>
      kernel.filter((value, at) => masksOf(target)[i][at] === 0 && value !== 0),
    );
    expect(moved).toEqual([]);
  });

  it.each<[string, (good: tf.LayersModel) => [unknown, unknown?], RegExp]>([
    ['no list', (good) => [good], /^averageWeights: models must be a list of at least one model, got /],
    ['an empty list', () => [[]], /^averageWeights: models must be a list of at least one model, got /],
    ['no model', () => [[3]], /^averageWeights: expected a tf.LayersModel, got 3/],
    [
      'another architecture',
      () => [[oneDense([[1]])]],
      /^averageWeights: the models must have the weights of the target, but model ".*" has only \[1,1\] where the target has hidden \[4,6\]/,
    ],
    [
      'a source that is not built',
      () => [[tf.sequential()]],
      /^averageWeights: model ".*" is not built; give its first layer an inputShape$/,
    ],
    [
      'too few shares',
      (good) => [[good, good], {shares: [1]}],
      /^averageWeights: shares must be 2 numbers from 0 /,
    ],
    [
      'shares that sum to 0',
      (good) => [[good], {shares: [0]}],
      /^averageWeights: shares must be 1 numbers from 0 /,
    ],
    ['a negative share', (good) => [[good, good], {shares: [2, -1]}], /, got \[2,-1\]$/],
    [
      'shares that are not a list',
      (good) => [[good], {shares: 1}],
      /^averageWeights: shares must be .*, got 1$/,
    ],
    [
      'other masks',
      (good) => [[good], {masks: 'any'}],
      /^averageWeights: masks must be keep, union, intersection, got /,
    ],
    [
      'masks of the prototype',
      (good) => [[good], {masks: 'toString'}],
      /^averageWeights: masks must be keep, union/,
    ],
    ['an unknown option', (good) => [[good], {weights: [1]}], /^averageWeights: unknown option "weights"/],
  ])('rejects %s, and leaves the target unchanged', async (_, given, message) => {
    const target = mlp();
    await expectRefusal(target, () => averageWeights(target, ...(given(mlp()) as [never, never])), message);
  });
});

describe('softUpdate', () => {
  it('moves the target towards the source by tau, under the masks of the target', async () => {
    const [target, source] = [await masked([8, 8, 0, 8]), await masked([4, 0, 4, 0])];
    await softUpdate(target, source, {tau: 0.25});
    expect(kernelsOf(target)).toEqual([[7, 6, 0, 6]]);
    expect(masksOf(target)).toEqual([[1, 1, 0, 1]]);
    await softUpdate(target, source, {tau: 1, masks: 'intersection'});
    expect(kernelsOf(target)).toEqual([[4, 0, 0, 0]]);
    expect(masksOf(target)).toEqual([[1, 0, 0, 0]]);
    const before = stateOf(target);
    await softUpdate(target, source, {tau: 0});
    expect(stateOf(target)).toEqual(before);
  });

  it.each([[undefined], [{}], [{tau: 2}], [{tau: Number.NaN}], [{tau: '0.1'}]])(
    'rejects %j, and leaves the target unchanged',
    async (options) => {
      const target = mlp();
      await expectRefusal(
        target,
        () => softUpdate(target, mlp(), options as never),
        /^softUpdate: (tau must be a number from 0 to 1|the options must be an object of tau, masks), got /,
      );
    },
  );
});

it('setWeights() throws for a mask of floats, and names the functions that average', () => {
  const model = mlp();
  const numbers = model.getWeights().map((weight) => tf.cast(weight, 'float32'));
  expect(() => model.setWeights(numbers)).toThrow(
    /^setWeights: hidden\/kernel_mask.* is a mask, of dtype bool, got float32; averageWeights\(\) and softUpdate\(\)/,
  );
});
