import * as tf from '@tensorflow/tfjs';
import {prune, pruneArtifacts} from 'tfjs-pruning';
import {convNet, oneDense, outputsOf} from '../support/models';
import {artifactsOf, load} from '../support/saving';
import {floatArtifacts, floatsOf} from '../support/sparse';

const artifacts = () =>
  floatArtifacts(
    {shape: [2, 3], values: [1, -6, 2, 5, -3, 4]},
    {shape: [4], values: [1, 2, 3, 4]},
    {shape: [1, 1, 3], values: [1, 2, 3]},
    {shape: [1, 2, 1, 2], values: [4, 1, 3, 2]},
  );

it('pruneArtifacts sets the least of each kernel to 0, and leaves biases and scales', () => {
  const given = artifacts();
  const before = [...floatsOf(given)];
  expect([...floatsOf(pruneArtifacts(given, 0.5))]).toEqual([
    ...[0, -6, 0, 5, 0, 4],
    ...[1, 2, 3, 4],
    ...[1, 2, 3],
    ...[4, 0, 3, 0],
  ]);
  expect([...floatsOf(given)]).toEqual(before);
});

it.each([[['w1']], [({name}: tf.io.WeightsManifestEntry) => name === 'w1']])(
  'pruneArtifacts prunes where it is told: %p',
  (where) => {
    const [first, second] = [
      [1, -6, 2, 5, -3, 4],
      [0, 0, 3, 4],
    ];
    const pruned = floatsOf(pruneArtifacts(artifacts(), 0.5, {where}));
    expect([...pruned]).toEqual([...first, ...second, 1, 2, 3, 4, 1, 3, 2]);
  },
);

it.each([
  [{dtype: 'uint8' as const, scale: 0.5, min: -1}, Uint8Array.of(0, 4, 2, 7), [-1, 0, 0, 2.5]],
  [
    {dtype: 'uint16' as const, scale: 2, min: 0},
    new Uint8Array(Uint16Array.of(1, 300, 0, 2).buffer),
    [0, 600, 0, 4],
  ],
  [
    {dtype: 'float16' as const},
    new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 1, 0x3555).buffer),
    [1, -2, 0, 0],
  ],
])('pruneArtifacts makes what is quantized as %j float32', async (quantization, bytes, expected) => {
  const weightSpecs = [{name: 'w', shape: [2, 2], dtype: 'float32' as const, quantization}];
  const pruned = pruneArtifacts({modelTopology: {}, weightSpecs, weightData: bytes.slice().buffer}, 0.5);
  expect([...floatsOf(pruned)]).toEqual(expected);
  expect(pruned.weightSpecs).toEqual([{name: 'w', shape: [2, 2], dtype: 'float32'}]);
  const {w} = tf.io.decodeWeights(bytes.slice().buffer, weightSpecs);
  const loaded = [...w.dataSync()];
  expect(expected.filter((value, i) => value !== 0 && value !== loaded[i])).toEqual([]);
});

it('pruneArtifacts strips a masked model, and prunes it like prune', async () => {
  const [masked, other] = [convNet(), convNet()];
  await prune(other, 0.7);
  const back = await load(pruneArtifacts(await artifactsOf(masked), 0.7));
  expect(back.layers.map((layer) => layer.getClassName())).toEqual(['Conv2D', 'Flatten', 'Dense']);
  expect(outputsOf(back)).toEqual(outputsOf(other));
});

it('pruneArtifacts is undone by no mask', async () => {
  const model = oneDense([[1, -2, 3, 4]]);
  await prune(model, 0.5);
  const pruned = pruneArtifacts(await artifactsOf(model), 0, {where: ['only/kernel']});
  expect([...floatsOf(pruned).subarray(0, 4)]).toEqual([0, 0, 3, 4]);
});

it.each([
  [1, {}, 'sparsity must be a number in [0, 1), the share to prune, got 1'],
  ['0.5', {}, 'sparsity must be a number in [0, 1), the share to prune, got "0.5"'],
  [0.5, {where: ['w9']}, 'there is no weight "w9"; there are w0, w1, w2, w3'],
  [0.5, {where: () => false}, 'of 4 weights none is to be pruned; choose some by where'],
  [0.5, {were: []} as object, 'unknown option "were"; there are where'],
])('pruneArtifacts(…, %j, %j) is refused', (sparsity, options, message) => {
  expect(() => pruneArtifacts(artifacts(), sparsity as never, options)).toThrow(`pruneArtifacts: ${message}`);
});
