import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, global, prune, report, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {useBackend} from '../support/backends';
import {mobileNet} from '../support/published';
import {saveAndLoad} from '../support/saving';

useBackend('wasm');

const image = () => tf.randomUniform([1, 224, 224, 3], 0, 1, 'float32', 1);

function classify(model: tf.LayersModel): number[] {
  return tf.tidy(() => [...(model.predict(image()) as tf.Tensor).dataSync()]);
}

it('a published MobileNetV2 gets masks, is pruned, stripped, saved and loaded', async () => {
  const published = await mobileNet();
  const expected = classify(published);
  expect(expected.reduce((sum, share) => sum + share)).toBeCloseTo(1);

  const model = await prunable(published, {strict: true});
  expect(classify(model)).toEqual(expected);
  expect(report(model).skipped).toEqual([]);
  expect(report(model).weights).toHaveLength(55);
  // The count of the authors: about 0.3 billion for an image of 224 × 224.
  expect(report(model).total.macs / 1e9).toBeCloseTo(0.3, 1);

  const {sparsity} = await prune(model, 0.6, {allocation: global()});
  expect(sparsity).toBeCloseTo(0.6, 6);
  const pruned = classify(model);
  expect(pruned).not.toEqual(expected);

  const plain = await strip(model);
  expect(plain.layers.map((layer) => layer.getClassName())).toEqual(
    published.layers.map((layer) => layer.getClassName()),
  );
  expect(classify(plain)).toEqual(pruned);
  expect(classify(await saveAndLoad(plain))).toEqual(pruned);
  expect(classify(await saveAndLoad(model))).toEqual(pruned);
  expect(classify(published)).toEqual(expected);
});

it('channels of a published MobileNetV2 are pruned with their batch norms, and removed', async () => {
  const model = await prunable(await mobileNet());
  const {sparsity} = await prune(model, 0.5, {pattern: channel()});
  expect(sparsity).toBeGreaterThan(0.49);
  const norm = model.getLayer('bn_Conv1').weights.filter(({dtype}) => dtype === 'bool');
  expect(norm.map((mask) => tf.sum(mask.read()).dataSync()[0])).toEqual([16, 16]);
  const pruned = classify(model);
  expect(pruned.every(Number.isFinite)).toBe(true);

  const small = await compact(model);
  const {before, after} = compactReport(small);
  expect(before.parameters / after.parameters).toBeGreaterThan(3.5);
  expect(before.macs / after.macs).toBeGreaterThan(3.5);
  classify(small).forEach((share, i) => {
    expect(Math.abs(share - pruned[i])).toBeLessThan(1e-5);
  });
});
