import * as tf from '@tensorflow/tfjs';
import {
  constant,
  gradient,
  linear,
  measure,
  movement,
  prunableWeights,
  report,
  strip,
  taylor,
} from 'tfjs-pruning';
import {type PruningOptions, pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {useBackend} from './support/backends';
import {digits} from './support/digits';

useBackend('wasm');

/** The digits of some classes among the first 3,000, or the first 1,000 test digits, with labels from 0. */
function digitsOf(set: 'train' | 't10k', classes: number[]) {
  return tf.tidy(() => {
    const {x, y} = digits(set, set === 'train' ? 3000 : 1000);
    const labels = tf.argMax(y, 1).dataSync();
    const rows = [...labels.keys()].filter((i) => classes.includes(labels[i]));
    const places = rows.map((i) => classes.indexOf(labels[i]));
    return {x: tf.gather(x, rows), y: tf.oneHot(places, classes.length).toFloat()};
  });
}

const compile = (model: tf.LayersModel) =>
  model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy']});

const accuracyOf = (model: tf.LayersModel, {x, y}: {x: tf.Tensor; y: tf.Tensor}) =>
  tf.tidy(() => (model.evaluate(x, y) as tf.Scalar[])[1].dataSync()[0]);

const head = (name: string, seed: number) =>
  prunableDense({
    name,
    units: 5,
    activation: 'softmax',
    kernelInitializer: tf.initializers.heUniform({seed}),
  });

describe('transfer learning with a frozen base trained on digits 0 to 4 and a new head for 5 to 9', () => {
  const [first, second] = [
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8, 9],
  ];
  let disable = () => {};
  let base: tf.Sequential;
  let learned: Float32Array;
  let train: ReturnType<typeof digitsOf>;
  let test: ReturnType<typeof digitsOf>;
  /** The accuracy without pruning. */
  let dense: number;

  beforeAll(async () => {
    disable = enableTraining();
    base = tf.sequential({
      layers: [
        prunableDense({
          name: 'base',
          units: 96,
          activation: 'relu',
          inputShape: [784],
          kernelInitializer: tf.initializers.heUniform({seed: 1}),
        }),
      ],
    });
    const model = tf.sequential({layers: [base, head('oldHead', 2)]});
    compile(model);
    const {x, y} = digitsOf('train', first);
    await model.fit(x, y, {epochs: 4, shuffle: false, verbose: 0});
    expect(accuracyOf(model, digitsOf('t10k', first))).toBeGreaterThan(0.95);
    learned = Float32Array.from(base.getWeights()[0].dataSync());
    train = digitsOf('train', second);
    test = digitsOf('t10k', second);
    dense = (await tuned(transferred(), {schedule: constant(0)})).accuracy;
    expect(dense).toBeGreaterThan(0.75);
  });
  afterAll(() => disable());

  /** A copy of the base, frozen, with a new head. */
  function transferred(): tf.Sequential {
    const copy = prunableDense({name: 'base', units: 96, activation: 'relu', inputShape: [784]});
    const model = tf.sequential({layers: [copy, head('newHead', 3)]});
    copy.setWeights(base.layers[0].getWeights());
    copy.trainable = false;
    compile(model);
    return model;
  }

  async function tuned(model: tf.LayersModel, options: Partial<PruningOptions> = {}) {
    const callback = pruning({schedule: linear({to: 0.5}), begin: 1, end: 5, ...options});
    await model.fit(train.x, train.y, {epochs: 8, shuffle: false, verbose: 0, callbacks: [callback]});
    const {weights} = report(model);
    const plain = await strip(model);
    const accuracy = accuracyOf(plain, test);
    plain.dispose();
    const result = callback.results[callback.results.length - 1];
    return {result, sparsities: weights.map(({sparsity}) => sparsity), accuracy};
  }

  it('magnitude() prunes the base too, and changes nothing else in it', async () => {
    const model = transferred();
    const {result, sparsities, accuracy} = await tuned(model);
    expect(result.skipped).toEqual([]);
    for (const sparsity of sparsities) expect(sparsity).toBeCloseTo(0.5, 2);
    const [{value, mask}] = prunableWeights(model);
    const bits = mask.dataSync();
    expect([...value.dataSync()]).toEqual([...learned].map((weight, i) => (bits[i] ? weight : 0)));
    expect(accuracy).toBeGreaterThan(dense - 0.05);
  });

  it.each([
    ['taylor()', taylor, 'meanAbsGradient'],
    ['gradient()', gradient, 'meanAbsGradient'],
    ['movement()', movement, 'weightTimesGradient'],
  ])(
    '%s skips the base, for which fit has no gradients, and reports it',
    async (_, importance, statistic) => {
      const model = transferred();
      const {result, sparsities, accuracy} = await tuned(model, {importance: importance()});
      expect(result.skipped).toEqual([{name: 'base/kernel', reason: `it has no ${statistic}`}]);
      expect(`${result}`).toContain('base/kernel is unchanged');
      expect(sparsities[0]).toBe(0);
      expect(sparsities[1]).toBeCloseTo(0.5, 2);
      expect([...prunableWeights(model)[0].value.dataSync()]).toEqual([...learned]);
      expect(accuracy).toBeGreaterThan(dense - 0.05);
    },
  );

  it('taylor() prunes the base too with statistics of measure()', async () => {
    const model = transferred();
    // Trains the head first, so that its gradients reflect the base.
    await model.fit(train.x, train.y, {epochs: 2, shuffle: false, verbose: 0});
    const importance = taylor();
    const statistics = await measure(model, train.x, train.y, {needs: importance.needs, batches: 10});
    const {result, sparsities, accuracy} = await tuned(model, {importance, statistics});
    expect(result.skipped).toEqual([]);
    for (const sparsity of sparsities) expect(sparsity).toBeCloseTo(0.5, 2);
    expect(accuracy).toBeGreaterThan(dense - 0.05);
  });
});
