import * as tf from '@tensorflow/tfjs';
import {prune, pruneArtifacts} from 'tfjs-pruning';
import {decodeArtifacts, encodeArtifacts} from 'tfjs-pruning/storage';
import {convNet, oneDense, outputsOf} from '../support/models';
import {published} from '../support/published';
import {artifactsOf, load} from '../support/saving';
import {floatArtifacts, floatsOf, sparseNormals} from '../support/sparse';

const artifacts = () =>
  floatArtifacts(
    {shape: [2, 3], values: [1, -6, 2, 5, -3, 4]},
    {shape: [4], values: [1, 2, 3, 4]},
    {shape: [1, 1, 3], values: [1, 2, 3]},
    {shape: [1, 2, 1, 2], values: [4, 1, 3, 2]},
  );

/** The values of the only weight as tfjs loads it. */
const valuesOf = ({weightData, weightSpecs = []}: tf.io.ModelArtifacts) => [
  ...tf.io.decodeWeights(weightData as ArrayBuffer, weightSpecs).w.dataSync(),
];

it('pruneArtifacts() sets the smallest weights of each kernel to 0, and leaves biases and scales unchanged', () => {
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
  'pruneArtifacts() prunes only the weights selected by where: %p',
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
])(
  'pruneArtifacts() prunes a tensor quantized as %j, and keeps its quantization',
  async (quantization, bytes, expected) => {
    const weightSpecs = [{name: 'w', shape: [2, 2], dtype: 'float32' as const, quantization}];
    const pruned = pruneArtifacts({modelTopology: {}, weightSpecs, weightData: bytes.slice().buffer}, 0.5);
    expect((pruned.weightData as ArrayBuffer).byteLength).toBe(bytes.length);
    expect(pruned.weightSpecs).toEqual(weightSpecs);
    expect(valuesOf(pruned)).toEqual(expected);
  },
);

it('pruneArtifacts() converts a quantized tensor without a level for 0 to float32', () => {
  const quantization = {dtype: 'uint8' as const, scale: 0.5, min: -1.25};
  const weightSpecs = [{name: 'w', shape: [2, 2], dtype: 'float32' as const, quantization}];
  const weightData = Uint8Array.of(0, 4, 2, 7).buffer;
  const pruned = pruneArtifacts({modelTopology: {}, weightSpecs, weightData}, 0.5);
  expect(pruned.weightSpecs).toEqual([{name: 'w', shape: [2, 2], dtype: 'float32'}]);
  expect(valuesOf(pruned)).toEqual([-1.25, 0, 0, 2.25]);
});

it.each([0, 1.5, -1e6, Number.NaN])(
  'pruneArtifacts() prunes a quantized tensor with a scale or minimum of %d',
  (odd) => {
    for (const range of [
      {scale: 0.5, min: odd},
      {scale: odd, min: 0.5},
    ]) {
      const quantization = {dtype: 'uint8' as const, ...range};
      const weightSpecs = [{name: 'w', shape: [2, 2], dtype: 'float32' as const, quantization}];
      const given = {modelTopology: {}, weightSpecs, weightData: Uint8Array.of(0, 4, 2, 7).buffer};
      const [before, after] = [valuesOf(given), valuesOf(pruneArtifacts(given, 0.5))];
      expect(after.filter((value) => value === 0).length).toBeGreaterThanOrEqual(2);
      after.forEach((value, i) => {
        expect([0, before[i]]).toContainEqual(value);
      });
    }
  },
);

it('pruneArtifacts() makes a level that is 0 up to rounding exactly 0', () => {
  const quantization = {dtype: 'uint8' as const, scale: 0.1, min: -0.30000000000000004 * 3};
  const weightSpecs = [{name: 'w', shape: [2, 2], dtype: 'float32' as const, quantization}];
  const weightData = Uint8Array.of(0, 9, 8, 20).buffer;
  const pruned = pruneArtifacts({modelTopology: {}, weightSpecs, weightData}, 0.5);
  expect(valuesOf(pruned)).toEqual([expect.closeTo(-0.9, 6), 0, 0, expect.closeTo(1.1, 6)]);
  expect(pruned.weightSpecs?.[0].quantization?.min).toBeCloseTo(-0.9, 12);
});

describe.each(['uint8', 'uint16', 'float16'] as const)('a model quantized as %s', (dtype) => {
  const size = 300 * 40;
  const normals = sparseNormals(size, 0);
  const largest = Math.max(...normals.map(Math.abs));
  const most = dtype === 'uint8' ? 255 : 65535;
  const scale = (2 * largest) / most;
  // With a level for 0, as from tensorflowjs_converter, and without, as from the plain range.
  const minima = dtype === 'float16' ? [0] : [-Math.round(most / 2) * scale, -largest];
  const toHalf = (value: number) => {
    const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
    const fraction = Math.round((Math.abs(value) / 2 ** exponent) * 1024) - 1024;
    return (value < 0 ? 0x8000 : 0) | (((exponent + 15) << 10) + fraction);
  };

  it.each(minima.flatMap((min) => [0, 0.1, 0.3, 0.5, 0.9].map((sparsity) => [min, sparsity])))(
    'does not grow by pruning with the minimum %d and a sparsity of %d',
    async (min, sparsity) => {
      const numbers = Array.from(normals, (value) =>
        dtype === 'float16' ? toHalf(value) : Math.max(0, Math.min(most, Math.round((value - min) / scale))),
      );
      const data = dtype === 'uint8' ? Uint8Array.from(numbers) : Uint16Array.from(numbers);
      const weightSpecs = [
        {name: 'w', shape: [300, 40], dtype: 'float32' as const, quantization: {dtype, scale, min}},
      ];
      const given = {modelTopology: {}, weightSpecs, weightData: data.buffer};
      const pruned = pruneArtifacts(given, sparsity);
      const bytes = await encodeArtifacts(pruned);
      // The head takes less than 300 bytes. Without a level for 0, 65,536 values become float32.
      const isFloat = dtype === 'uint16' && min === -largest && sparsity < 0.5;
      expect(bytes.length).toBeLessThan((isFloat ? 4 : 1) * data.byteLength + 300);
      const [before, after] = [valuesOf(given), valuesOf(await decodeArtifacts(bytes))];
      expect(after.filter((value) => value === 0).length).toBeGreaterThanOrEqual(Math.round(size * sparsity));
      if (dtype === 'uint8') expect(new Set(after).size).toBeLessThanOrEqual(257);
      expect(after.findIndex((value, i) => value !== 0 && value !== before[i])).toBe(-1);
    },
  );
});

it('a published 8-bit graph of 4.3 MB takes half of that at a sparsity of 0.5, and as a plain model no more than before', async () => {
  const given = await published('mobilenet_v2_mid');
  expect((given.weightData as ArrayBuffer).byteLength).toBe(4_300_775);
  const pruned = pruneArtifacts(given, 0.5);
  expect((pruned.weightData as ArrayBuffer).byteLength).toBe(4_300_775);
  const bytes = await encodeArtifacts(pruned);
  expect(bytes.length).toBeLessThan(2_200_000);
  const {weightData, weightSpecs} = await decodeArtifacts(bytes);
  expect(weightSpecs).toEqual(pruned.weightSpecs);
  expect(
    Buffer.compare(Buffer.from(weightData as ArrayBuffer), Buffer.from(pruned.weightData as ArrayBuffer)),
  ).toBe(0);
});

it('pruneArtifacts() strips a masked model, and prunes it like prune()', async () => {
  const [masked, other] = [convNet(), convNet()];
  await prune(other, 0.7);
  const back = await load(pruneArtifacts(await artifactsOf(masked), 0.7));
  expect(back.layers.map((layer) => layer.getClassName())).toEqual(['Conv2D', 'Flatten', 'Dense']);
  expect(outputsOf(back)).toEqual(outputsOf(other));
});

it('pruneArtifacts() returns a model whose zeros no mask overwrites', async () => {
  const model = oneDense([[1, -2, 3, 4]]);
  await prune(model, 0.5);
  const pruned = pruneArtifacts(await artifactsOf(model), 0, {where: ['only/kernel']});
  expect([...floatsOf(pruned).subarray(0, 4)]).toEqual([0, 0, 3, 4]);
});

it.each([
  [1, {}, 'sparsity must be a number in [0, 1), the share to prune, got 1'],
  ['0.5', {}, 'sparsity must be a number in [0, 1), the share to prune, got "0.5"'],
  [0.5, {where: ['w9']}, 'there is no weight "w9"; there are w0, w1, w2, w3'],
  [0.5, {where: () => false}, 'none of 4 weights is selected; select some with where'],
  [0.5, {were: []} as object, 'unknown option "were"; there are where'],
])('pruneArtifacts(…, %j, %j) throws', (sparsity, options, message) => {
  expect(() => pruneArtifacts(artifacts(), sparsity as never, options)).toThrow(`pruneArtifacts: ${message}`);
});
