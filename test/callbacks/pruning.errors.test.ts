import * as tf from '@tensorflow/tfjs';
import {channel, constant, element, global, linear, magnitude, threshold} from 'tfjs-pruning';
import {type PruningOptions, pruning} from 'tfjs-pruning/callbacks';
import {expectRefusal} from '../support/state';
import {compiled, fitOn} from '../support/training';

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
])('%j is refused at once', (options, message) => {
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
  ['a where of the wrong kind', {where: 'hidden'}, /^pruning: where must be a function or a list/],
  ['a where that wants nothing', {where: () => false}, /^pruning: no weight of model .* is meant/],
];

it.each(refusals)('%s is refused before the first batch', async (_, options, message) => {
  const model = compiled('adam');
  let batches = 0;
  const count = new tf.CustomCallback({onBatchBegin: async () => void batches++});
  const callback = pruning({schedule, ...options} as PruningOptions);
  await expectRefusal(model, () => fitOn(model, {epochs: 4, callbacks: [callback, count]}), message);
  expect(batches).toBe(0);
  // And fit can be called again.
  await fitOn(model, {epochs: 1});
});

it.each([
  ['magnitude', {importance: magnitude}, /^magnitude: unknown option "name"; there are p$/],
  ['element', {pattern: element}, /pattern must return a numbering .*called, as channel\(\)/],
  ['channel', {pattern: channel}, /pattern must return a numbering .*called, as channel\(\)/],
  ['global', {allocation: global}, /allocation .* must return 2 whole numbers.*called, as global\(\)/],
  ['constant', {schedule: constant}, /must return 2 whole numbers.*a factory is to be called/],
  ['threshold', {schedule: () => threshold}, /threshold: expected a number/],
])('the factory %s uncalled stops the fit, and leaves the masks', async (_, options, message) => {
  const model = compiled('adam');
  const callback = pruning({schedule, begin: 0, end: 0, ...options} as unknown as PruningOptions);
  await expect(fitOn(model, {epochs: 2, callbacks: [callback]})).rejects.toThrow(message);
  expect(model.layers.flatMap((layer) => [...layer.getWeights()[2].dataSync()])).not.toContain(0);
});

it('a model without prunable layers is refused before the first batch', async () => {
  const plain = tf.sequential({name: 'plain', layers: [tf.layers.dense({units: 3, inputShape: [4]})]});
  plain.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await expectRefusal(
    plain,
    () => fitOn(plain, {epochs: 2, callbacks: [pruning({schedule})]}),
    /^pruning: model ".*" has no prunable layers; convert it with prunable\(\) from tfjs-pruning\/layers$/,
  );
});

it('a list that begins with a plain object is refused with the way out', async () => {
  const model = compiled();
  const callbacks = [{onEpochEnd: () => {}}, pruning({schedule})] as unknown as tf.CustomCallback[];
  await expectRefusal(
    model,
    () => fitOn(model, {epochs: 2, callbacks}),
    'pruning: fit does not take plain objects and instances in one list of callbacks; wrap the plain ones: ' +
      'new tf.CustomCallback(',
  );
});

it('the way out is one: a wrapped plain object goes along', async () => {
  const model = compiled();
  const epochs: number[] = [];
  const wrapped = new tf.CustomCallback({onEpochEnd: (epoch) => void epochs.push(epoch)});
  await fitOn(model, {epochs: 2, callbacks: [wrapped, pruning({schedule})]});
  expect(epochs).toEqual([0, 1]);
});

it('scores that are not finite stop the fit and leave the masks', async () => {
  const model = compiled();
  const callback = pruning({
    schedule: constant(0.5),
    importance: ({value, index}) => tf.div(value, 1 - index),
  });
  await expect(fitOn(model, {epochs: 2, callbacks: [callback]})).rejects.toThrow(
    /^prune: weight "output\/kernel" has score -?Infinity/,
  );
  expect(model.layers.flatMap((layer) => [...layer.getWeights()[2].dataSync()])).not.toContain(0);
});
