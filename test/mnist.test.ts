import * as tf from '@tensorflow/tfjs';
import {global, polynomial, report, strip} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {useBackend} from './support/backends';
import {digits} from './support/digits';
import {saveAndLoad} from './support/saving';

useBackend('wasm');

async function accuracyOf(model: tf.LayersModel, {x, y}: {x: tf.Tensor; y: tf.Tensor}): Promise<number> {
  const hits = tf.tidy(() => tf.mean(tf.equal(tf.argMax(model.predict(x) as tf.Tensor, 1), tf.argMax(y, 1))));
  return (await hits.data())[0];
}

it('a network pruned to 80 % in training classifies handwritten digits', async () => {
  const [train, test] = [digits('train', 2000), digits('t10k', 1000)];
  const small = (seed: number) => ({kernelInitializer: tf.initializers.glorotUniform({seed})});
  const model = tf.sequential({
    layers: [
      prunableDense({units: 32, activation: 'relu', inputShape: [784], name: 'hidden', ...small(1)}),
      prunableDense({units: 10, activation: 'softmax', name: 'digits', ...small(2)}),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.005), loss: 'categoricalCrossentropy'});
  const callback = pruning({schedule: polynomial({to: 0.8}), allocation: global(), unit: 'batch', every: 10});
  const {history} = await model.fit(train.x, train.y, {
    epochs: 4,
    batchSize: 50,
    shuffle: false,
    verbose: 0,
    callbacks: [callback],
  });

  // A fifth of 25088 + 320 elements, to the element.
  expect(report(model).total).toMatchObject({size: 25_408, kept: 5082});
  expect(history.sparsity.at(-1)).toBe(1 - 5082 / 25_408);
  const accuracy = await accuracyOf(model, test);
  expect(accuracy).toBeGreaterThan(0.8);

  const shipped = await saveAndLoad(await strip(model));
  expect(await accuracyOf(shipped, test)).toBe(accuracy);
  const zeros = shipped
    .getWeights()
    .flatMap((weight) => [...weight.dataSync()].filter((value) => value === 0));
  expect(zeros.length).toBeGreaterThanOrEqual(25_408 - 5082);
});
