import * as tf from '@tensorflow/tfjs';
import {
  block,
  channel,
  constant,
  element,
  linear,
  nOfM,
  perWeight,
  prunableWeights,
  type Recipe,
  type Scored,
  taylor,
  threshold,
  within,
} from 'tfjs-pruning';
import {iterativePruning, type PruningOptions, project, pruning} from 'tfjs-pruning/callbacks';
import {expectRefusal, stateOf} from '../support/state';
import {compiled, expectNoBatch, fitOn} from '../support/training';

const schedule = linear({to: 0.8});

it.each([
  [
    {schedule: 0.8},
    /^pruning: schedule must be a function of progress, as polynomial\({to: 0.9}\), got 0.8$/,
  ],
  [{}, /^pruning: schedule must be a function .* got undefined$/],
  [{schedule, scedule: schedule}, /^pruning: unknown option "scedule"; there are schedule, unit, begin/],
  [{schedule, unit: 'step'}, /^pruning: unit must be 'epoch' or 'batch', got "step"$/],
  [{schedule, begin: -1}, /^pruning: begin must be a whole number from 0, got -1$/],
  [{schedule, begin: 1.5}, /^pruning: begin must be a whole number from 0, got 1.5$/],
  [{schedule, end: Number.NaN}, /^pruning: end must be a whole number from 0, got NaN$/],
  [{schedule, end: '3'}, /^pruning: end must be a whole number from 0, got "3"$/],
  [{schedule, every: 0}, /^pruning: every must be a whole number from 1, got 0$/],
  [{schedule, begin: 5, end: 3}, /^pruning: begin 5 is after end 3$/],
  [{schedule, where: 'hidden'}, /^pruning: where must be a function or a list of layer names, got "hidden"$/],
])('pruning() rejects %j immediately', (options, message) => {
  expect(() => pruning(options as unknown as PruningOptions)).toThrow(message);
});

const refusals: [what: string, options: object, message: string | RegExp][] = [
  ['an end past the last epoch', {end: 4}, 'pruning: end 4 is past the last epoch, 3'],
  [
    'a begin after the default end',
    {begin: 3},
    /^pruning: begin 3 is after end 2, three quarters of the run/,
  ],
  [
    'batches that never come',
    {unit: 'batch', begin: 100, end: 200},
    /^pruning: nothing would be pruned, as the batches from 100 to 200 are not among/,
  ],
  [
    'a schedule that ends in nonsense',
    {schedule: (p: number) => (p < 1 ? 0.1 : 2)},
    /^pruning: the schedule at progress 1: .* got 2$/,
  ],
  [
    'a schedule of nothing',
    {schedule: () => undefined},
    /^pruning: the schedule at progress 0: .* got undefined$/,
  ],
  [
    'an unknown layer',
    {where: ['hiden']},
    /^pruning: there is no prunable layer "hiden"; there are hidden, output$/,
  ],
  ['a where that selects nothing', {where: () => false}, /^pruning: no weight of model .* is selected/],
];

it.each(refusals)('%s is rejected before the first batch', async (_, options, message) => {
  const model = compiled('adam');
  let batches = 0;
  const count = new tf.CustomCallback({onBatchBegin: async () => void batches++});
  const callback = pruning({schedule, ...options} as PruningOptions);
  await expectRefusal(model, () => fitOn(model, {epochs: 4, callbacks: [callback, count]}), message);
  expect(batches).toBe(0);
  // And fit can be called again.
  await fitOn(model, {epochs: 1});
});

const bad: [what: string, recipe: object, message: RegExp][] = [
  [
    'an unknown layer in perWeight()',
    {allocation: perWeight({hiden: 0.5})},
    /^perWeight: no weight or layer "hiden" to prune; there are hidden/,
  ],
  [
    'an unknown layer in perWeight() inside within()',
    {allocation: within(perWeight({hiden: 0.5}), {max: 0.9})},
    /^perWeight: no weight or layer "hiden"/,
  ],
  ['groups without channels', {groups: true}, /: groups tie channels, .*; use channel\(\)$/],
  ['groups of blocks', {groups: true, pattern: block(2, 2)}, /: groups tie channels, .*; use channel\(\)$/],
  ['groups that are a number', {groups: 1, pattern: channel()}, /: groups must be true or false, got 1$/],
  [
    'scores of another shape',
    {importance: ({value}: Scored) => tf.sum(value, 0)},
    /: importance gave scores of shape \[6\] to weight "hidden\/kernel" of shape \[4,6\]$/,
  ],
  [
    'scores of another shape for the last weight',
    {importance: ({value, index}: Scored) => (index === 1 ? tf.ones([2]) : tf.abs(value))},
    /: importance gave scores of shape \[2\] to weight "output\/kernel" of shape \[6,3\]$/,
  ],
  [
    'an importance that returns numbers',
    {importance: () => [1, 2]},
    /: importance must return a tensor, got an array/,
  ],
  [
    'a pattern that numbers too few elements',
    {pattern: () => ({units: 3})},
    /weight "hidden\/kernel" of shape \[4,6\] has 24 elements, and the pattern gave 3 units$/,
  ],
  [
    'a pattern that marks too few units',
    {pattern: Object.assign(element(), {select: () => new Uint8Array(1)})},
    /: the pattern must mark each of the 24 units of weight "hidden\/kernel"/,
  ],
  ['an axis that no weight has', {pattern: nOfM({n: 1, m: 2, axis: 3})}, /^nOfM: weight .* has no axis 3$/],
  ['an allocation of too few counts', {allocation: () => [1]}, /: .* must return 2 whole numbers/],
  [
    'statistics that lack what is needed',
    {importance: taylor(), statistics: new Map()},
    /: .* needs meanAbsGradient/,
  ],
  ['statistics that are no map', {importance: taylor(), statistics: {}}, /: statistics must be a map/],
];

it.each(bad)(
  '%s is refused before the first batch by pruning(), iterativePruning() and project()',
  async (_, recipe, message) => {
    await expectNoBatch(() => pruning({schedule, begin: 0, end: 3, ...recipe}), message);
    await expectNoBatch(() => iterativePruning({monitor: 'val_loss', ...recipe}), message);
    await expectNoBatch(() => project({sparsity: 0.5, ...recipe}), message);
  },
);

it.each<[string, (recipe: Recipe) => tf.Callback]>([
  ['pruning', (recipe) => pruning({schedule, begin: 0, end: 3, ...recipe})],
  ['iterativePruning', (recipe) => iterativePruning({monitor: 'val_loss', ...recipe})],
  ['project', (recipe) => project({sparsity: 0.5, ...recipe})],
])(
  '%s() rejects in its own name a statistic that the importance reads without needing it',
  async (name, make) => {
    const importance = (weight: Scored) => taylor()(weight);
    const message = `${name}: weight "hidden/kernel" has no meanAbsGradient; give data: [x, y]`;
    await expectNoBatch(() => make({importance}), message);
  },
);

it('pruning() rejects an unknown layer in a threshold at either end of a schedule before the first batch', async () => {
  const message = 'threshold: no layer "hiden" to prune; there are hidden, output';
  const wrong = threshold({hiden: 0.1});
  await expectNoBatch(() => pruning({schedule: () => wrong}), message);
  await expectNoBatch(() => pruning({schedule: (p) => (p < 1 ? wrong : 0.5)}), message);
  await expectNoBatch(() => pruning({schedule: (p) => (p < 1 ? 0.5 : wrong)}), message);
});

it('pruning() tries a recipe that needs statistics as far as possible without them', async () => {
  const allocation = perWeight({hiden: 0.5});
  await expectNoBatch(
    () => pruning({schedule, importance: taylor(), allocation}),
    /^perWeight: no weight or layer "hiden"/,
  );
});

it('pruning() accepts scores that become finite only in training', async () => {
  const start = tf.keep(prunableWeights(compiled())[0].value.clone());
  const importance = ({value}: Scored) => tf.div(1, tf.abs(tf.sub(value, start)));
  const callback = pruning({schedule: constant(0.5), begin: 1, end: 1, importance, where: ['hidden']});
  const history = await fitOn(compiled(), {epochs: 2, callbacks: [callback]});
  expect(history.sparsity[1]).toBeCloseTo(12 / 42);
  start.dispose();
});

it('trying a recipe changes no weight, no mask and no slot, and leaves no tensor', async () => {
  const [tried, other] = [compiled('adam'), compiled('adam')];
  class Stop extends tf.Callback {
    override async onEpochEnd(): Promise<void> {
      this.model.stopTraining = true;
    }
  }
  const callback = pruning({schedule: constant(0.5), begin: 1, end: 1, pattern: channel()});
  const leaked = async (model: tf.LayersModel, callbacks: tf.Callback[]) => {
    const before = tf.memory().numTensors;
    await fitOn(model, {epochs: 2, callbacks: [...callbacks, new Stop()]});
    return tf.memory().numTensors - before;
  };
  expect(await leaked(tried, [callback])).toBe(await leaked(other, []));
  expect(stateOf(tried)).toEqual(stateOf(other));
});

it('a model without prunable layers is rejected before the first batch', async () => {
  const plain = tf.sequential({name: 'plain', layers: [tf.layers.dense({units: 3, inputShape: [4]})]});
  plain.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await expectRefusal(
    plain,
    () => fitOn(plain, {epochs: 2, callbacks: [pruning({schedule})]}),
    /^pruning: model ".*" has no prunable layers; convert it with prunable\(\) from tfjs-pruning\/layers$/,
  );
});

it('a list that begins with a plain object is rejected with a fix', async () => {
  const model = compiled();
  const callbacks = [{onEpochEnd: () => {}}, pruning({schedule})] as unknown as tf.CustomCallback[];
  await expectRefusal(
    model,
    () => fitOn(model, {epochs: 2, callbacks}),
    'pruning: fit does not take plain objects and instances in one list of callbacks; wrap the plain ones: ' +
      'new tf.CustomCallback(',
  );
});

it('a wrapped plain object works beside pruning()', async () => {
  const model = compiled();
  const epochs: number[] = [];
  const wrapped = new tf.CustomCallback({onEpochEnd: (epoch) => void epochs.push(epoch)});
  await fitOn(model, {epochs: 2, callbacks: [wrapped, pruning({schedule})]});
  expect(epochs).toEqual([0, 1]);
});

it('scores that are not finite stop fit, and leave the masks unchanged', async () => {
  const model = compiled();
  const callback = pruning({
    schedule: constant(0.5),
    importance: ({value, index}) => tf.div(value, 1 - index),
  });
  await expect(fitOn(model, {epochs: 2, callbacks: [callback]})).rejects.toThrow(
    /^pruning: weight "output\/kernel" has score -?Infinity/,
  );
  expect(model.layers.flatMap((layer) => [...layer.getWeights()[2].dataSync()])).not.toContain(0);
});
