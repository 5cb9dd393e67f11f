import * as tf from '@tensorflow/tfjs';
import {
  type Allocation,
  channel,
  type Importance,
  type Pattern,
  prune,
  type Recipe,
  type Target,
  threshold,
} from 'tfjs-pruning';
import {expectNoLeakedTensors} from './support/memory';
import {examples, masksOf, mlp} from './support/models';
import {expectRefusal} from './support/state';

/** A network during training, with masks and slots. */
async function trained(): Promise<tf.LayersModel> {
  const model = mlp();
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  await prune(model, 0.3);
  await model.trainOnBatch(x, y);
  return model;
}

const targets: [target: unknown, got: string][] = [
  [1, '1'],
  [1.5, '1.5'],
  [-0.1, '-0.1'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  ['0.5', '"0.5"'],
  [undefined, 'undefined'],
  [null, 'null'],
  [{sparsity: 0.5}, 'an object sparsity'],
];

it.each(targets)(
  'prune() throws for the sparsity %p, and leaves the model unchanged',
  async (target, got) => {
    const model = await trained();
    await expectRefusal(
      model,
      () => prune(model, target as Target),
      `prune: sparsity must be a number in [0, 1), the share to prune, {keep: n} or a threshold(), got ${got}`,
    );
  },
);

const recipes: [what: string, recipe: object, message: string | RegExp][] = [
  [
    'an unknown option',
    {pattren: channel()},
    /^prune: unknown option "pattren"; there are importance, pattern/,
  ],
  ['an option of the callback', {schedule: () => 0.5}, /^prune: unknown option "schedule"/],
  ['an unknown layer', {where: ['hiden']}, /^prune: .*"hiden"; there are hidden, output$/],
  ['a layer without masks', {where: ['flatten']}, /^prune: .*"flatten"; there are hidden, output$/],
  [
    'where as a string',
    {where: 'hidden'},
    'prune: where must be a function or a list of layer names, got "hidden"',
  ],
  ['where as a number', {where: 3}, 'prune: where must be a function or a list of layer names, got 3'],
  ['a list of other things', {where: [0]}, /^prune: where must be a function or a list of layer names/],
  ['a list of nothing', {where: []}, /^prune: no weight of model .* hidden, output$/],
  ['a where that wants nothing', {where: () => false}, /^prune: no weight of model .* hidden, output$/],
  [
    'too few counts',
    {allocation: () => [1]},
    /a function for the allocation must return 2 whole numbers, .*got an array of 1/,
  ],
  ['counts that are not whole', {allocation: () => [1, 2.5]}, /must return 2 whole numbers/],
  ['counts that are not numbers', {allocation: () => [1, Number.NaN]}, /must return 2 whole numbers/],
  [
    'infinite scores in the last weight',
    {importance: (({value, index}) => tf.div(value, 1 - index)) satisfies Importance},
    /^prune: weight "output\/kernel" has score -?Infinity at element/,
  ],
  [
    'a pattern that fails in the last weight',
    {
      pattern: (({name, value}) => {
        if (name === 'output/kernel') {
          throw new Error('no pattern for that');
        }
        return {units: value.size};
      }) satisfies Pattern,
    },
    'no pattern for that',
  ],
  [
    'an allocation that throws',
    {
      allocation: (() => {
        throw new Error('cannot share that');
      }) as Allocation,
    },
    'cannot share that',
  ],
];

it.each(recipes)('prune() throws for %s, and leaves the model unchanged', async (_, recipe, message) => {
  const model = await trained();
  await expectNoLeakedTensors(() => expectRefusal(model, () => prune(model, 0.6, recipe as Recipe), message));
});

it('prune() throws for a threshold of an unknown layer, and leaves the model unchanged', async () => {
  const model = await trained();
  await expectRefusal(
    model,
    () => prune(model, threshold({hidden: 0.1, hiden: 0.1})),
    'threshold: no layer "hiden" to prune; there are hidden, output',
  );
});

it('prune() throws for a model without prunable layers, and names the remedy', async () => {
  const model = tf.sequential({name: 'plain', layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
  await expectRefusal(
    model,
    () => prune(model, 0.5),
    /^prune: model "plain" has no prunable layers; convert it with prunable\(\) from tfjs-pruning\/layers$/,
  );
});

it('prune() throws for a GraphModel, and names the remedy', async () => {
  const graph = new tf.GraphModel('nowhere');
  await expect(prune(graph as never, 0.5)).rejects.toThrow(
    /^prune: a GraphModel cannot be pruned, only a LayersModel can be trained; convert .*tfjs_layers_model$/,
  );
});

it.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['model', '"model"'],
  [{}, 'an object'],
])('prune() rejects %p as a model', async (model, got) => {
  await expect(prune(model as never, 0.5)).rejects.toThrow(`prune: expected a tf.LayersModel, got ${got}`);
});

it('training continues unchanged after an error of prune()', async () => {
  const {x, y} = examples();
  const [disturbed, other] = [await trained(), await trained()];
  await expect(prune(disturbed, 2)).rejects.toThrow('prune');
  await expect(prune(disturbed, 0.9, {importance: ({value}) => tf.log(value)})).rejects.toThrow('prune');
  await disturbed.trainOnBatch(x, y);
  await other.trainOnBatch(x, y);
  expect(masksOf(disturbed)).toEqual(masksOf(other));
  const [a, b] = [disturbed, other].map((model) => model.weights.flatMap((w) => [...w.read().dataSync()]));
  expect(a).toEqual(b);
});
