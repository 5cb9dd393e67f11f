import * as tf from '@tensorflow/tfjs';
import {batchNormScale, channel, compact, prune} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableBatchNormalization, prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {masksOf} from '../support/models';
import {expectRefusal} from '../support/state';

type Symbolic = tf.SymbolicTensor;
const apply = (layer: tf.layers.Layer, input: Symbolic | Symbolic[]) => layer.apply(input) as Symbolic;
const scale = (layer: tf.layers.Layer, gammas: number[]) =>
  tf.tidy(() => (layer.weights[0].read() as tf.Variable).assign(tf.tensor1d(gammas)));
const keptUnits = (model: tf.LayersModel, units: number) =>
  masksOf(model).map((mask) => mask.slice(0, units));

/** A convolution, a norm, a flatten and a dense layer. */
function net(): tf.LayersModel {
  const input = tf.input({shape: [4, 4, 1]});
  const norm = prunableBatchNormalization({name: 'norm'});
  const conv = apply(norm, apply(prunableConv2d({name: 'conv', filters: 3, kernelSize: 3}), input));
  const flat = apply(tf.layers.flatten(), apply(tf.layers.reLU(), conv));
  const model = tf.model({inputs: input, outputs: apply(prunableDense({units: 2, name: 'out'}), flat)});
  scale(norm, [0.5, -0.1, 2]);
  return model;
}

it('batchNormScale() keeps the channels with the largest scales, whatever their signs', async () => {
  const model = net();
  const {weights} = await prune(model, 0.34, {pattern: channel(), importance: batchNormScale()});
  expect(weights).toMatchObject([
    {name: 'conv/kernel', kept: 2, scores: [expect.closeTo(0.1), 0.5, 0.5, 2, 2]},
  ]);
  expect(masksOf(model)[0].slice(0, 3)).toEqual([1, 0, 1]);
  expect(difference(model, await compact(model))).toBeLessThan(1e-5);
});

it('batchNormScale() takes the mean over the norms of branches that are added', async () => {
  const input = tf.input({shape: [2]});
  const norms = [prunableBatchNormalization({}), prunableBatchNormalization({})];
  const branches = norms.map((norm, i) =>
    apply(norm, apply(prunableDense({units: 3, name: `branch${i}`}), input)),
  );
  const model = tf.model({
    inputs: input,
    outputs: apply(prunableDense({units: 1, name: 'out'}), apply(tf.layers.add(), branches)),
  });
  scale(norms[0], [1, 2, 3]);
  scale(norms[1], [4, 1, 3]);
  // The means are 2.5, 1.5 and 3.
  await prune(model, 0.34, {pattern: channel(), importance: batchNormScale()});
  expect(keptUnits(model, 3).slice(0, 2)).toEqual([
    [1, 0, 1],
    [1, 0, 1],
  ]);
});

it('batchNormScale() finds the norm after a concatenation', async () => {
  const input = tf.input({shape: [2]});
  const norm = prunableBatchNormalization({});
  const halves = [2, 3].map((units) => apply(prunableDense({units, name: `half${units}`}), input));
  const joined = apply(norm, apply(tf.layers.concatenate(), halves));
  const model = tf.model({inputs: input, outputs: apply(prunableDense({units: 1, name: 'out'}), joined)});
  scale(norm, [3, 1, 5, 0.5, 4]);
  await prune(model, 0.4, {pattern: channel(), importance: batchNormScale()});
  expect(masksOf(model)[0].slice(0, 2)).toEqual([1, 0]);
  expect(masksOf(model)[1].slice(0, 3)).toEqual([1, 0, 1]);
});

it('batchNormScale() leaves weights without a norm alone and lists them', async () => {
  const model = net();
  const recipe = {pattern: channel(), importance: batchNormScale(), where: ['conv', 'out']};
  const {skipped} = await prune(model, 0.34, recipe);
  expect(skipped).toEqual([
    {name: 'out/kernel', reason: 'it has no batch norm that scales all its channels'},
  ]);
  expect(masksOf(model)[1].includes(0)).toBe(false);
});

it('batchNormScale() refuses a model without a batch norm, also before the first batch of fit', async () => {
  const model = tf.sequential({
    layers: [prunableDense({units: 3, inputShape: [2], name: 'a'}), prunableDense({units: 1})],
  });
  const message = /: the importance scores none of the weights; of "a\/kernel", as it has no /;
  await expectRefusal(
    model,
    () => prune(model, 0.5, {pattern: channel(), importance: batchNormScale()}),
    message,
  );
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const callbacks = [pruning({schedule: () => 0.5, pattern: channel(), importance: batchNormScale()})];
  await expectRefusal(
    model,
    () => model.fit(tf.ones([4, 2]), tf.ones([4, 1]), {epochs: 3, verbose: 0, callbacks}),
    message,
  );
});

it('batchNormScale() prunes in fit by the scales that training made', async () => {
  const model = net();
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const callbacks = [
    pruning({schedule: () => 0.34, begin: 0, end: 0, pattern: channel(), importance: batchNormScale()}),
  ];
  await model.fit(tf.ones([4, 4, 4, 1]), tf.ones([4, 2]), {epochs: 1, verbose: 0, callbacks});
  expect(masksOf(model)[0].slice(0, 3)).toEqual([1, 0, 1]);
});
