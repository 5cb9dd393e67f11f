import fc from 'fast-check';
import type {Values} from 'tfjs-pruning';
import {decodeArtifacts, encodeArtifacts} from 'tfjs-pruning/storage';
import {size} from '../../src/model/axes';
import {floatArtifacts, floatsOf, sparseNormals} from '../support/sparse';

const bitsOf = (floats: Float32Array) => new Uint32Array(floats.buffer, floats.byteOffset, floats.length);

async function roundTrip(shape: number[], values: ArrayLike<number>, how: Values): Promise<Float32Array> {
  const bytes = await encodeArtifacts(floatArtifacts({shape, values}), {values: () => how});
  return floatsOf(await decodeArtifacts(bytes));
}

/** Tensors of arbitrary bits, with zeros in runs, rows and columns. */
const tensor = fc
  .array(fc.integer({min: 0, max: 9}), {maxLength: 4})
  .filter((shape) => size(shape) <= 2000)
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      bits: fc.array(
        fc.oneof(
          {weight: 3, arbitrary: fc.constant(0)},
          {weight: 1, arbitrary: fc.integer({min: 0, max: 2 ** 32 - 1})},
        ),
        {minLength: size(shape), maxLength: size(shape)},
      ),
      emptyRow: fc.nat(3),
      emptyColumn: fc.nat(3),
    }),
  )
  .map(({shape, bits, emptyRow, emptyColumn}) => {
    const columns = shape.at(-1) ?? 1;
    const isEmpty = (i: number) =>
      Math.floor(i / columns) % 4 === emptyRow || (i % columns) % 4 === emptyColumn;
    return {shape, bits: Uint32Array.from(bits, (bit, i) => (isEmpty(i) ? 0 : bit))};
  });

it('float32 preserves every bit of any tensor', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(tensor, {maxLength: 4}), async (tensors) => {
      const artifacts = floatArtifacts(
        ...tensors.map(({shape, bits}) => ({shape, values: new Float32Array(bits.buffer)})),
      );
      const back = await decodeArtifacts(await encodeArtifacts(artifacts));
      expect([...bitsOf(floatsOf(back))]).toEqual(tensors.flatMap(({bits}) => [...bits]));
      expect(back.weightSpecs).toEqual(artifacts.weightSpecs);
    }),
    {numRuns: 150},
  );
});

it.each([0, 0.3, 0.5, 0.8, 0.9, 0.99, 0.9999, 1])(
  'float32 preserves every bit at a sparsity of %s',
  async (s) => {
    const values = sparseNormals(300 * 70, s);
    const back = await roundTrip([300, 70], values, 'float32');
    expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(values.buffer))).toBe(0);
  },
);

it('float16 rounds to the nearest half float, ties to even, down to the smallest', async () => {
  const values = [
    1,
    -1,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    65504,
    65519,
    2 ** -14,
    2 ** -24,
    2 ** -25,
    3 * 2 ** -25,
    -0.1,
  ];
  const halves = [1, -1, 1, 1 + 2 ** -9, 65504, 65504, 2 ** -14, 2 ** -24, 0, 2 ** -23, -0.0999755859375];
  expect([...(await roundTrip([11], values, 'float16'))]).toEqual(halves);
});

it('float16 preserves all half floats', async () => {
  const halves = Array.from({length: 31 * 1024}, (_, i) => {
    const [exponent, fraction] = [i >> 10, i & 1023];
    return exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  });
  const both = [...halves, ...halves.map((half) => -half)].map((half) => half + 0);
  expect(await roundTrip([2, 31, 1024], both, 'float16')).toEqual(Float32Array.from(both));
});

it('int8 rounds a value to half a step of the scale of its channel, and preserves 0', async () => {
  const values = sparseNormals(64 * 8, 0.5).map((value, i) => value * 10 ** -(i % 8));
  const back = await roundTrip([8, 8, 8], values, 'int8');
  const scales = Array.from(
    {length: 8},
    (_, channel) => Math.max(...values.filter((_, i) => i % 8 === channel).map(Math.abs)) / 127,
  );
  values.forEach((value, i) => {
    expect(Math.abs(back[i] - value)).toBeLessThanOrEqual(scales[i % 8] * 0.50001);
    expect(value !== 0 || Object.is(back[i], 0)).toBe(true);
  });
});

it('int8 equals a hand-computed table', async () => {
  const values = [127, 1, -64.4, 0.6001, 0, -0.25];
  const scale = Math.fround(1 / 127);
  expect([...(await roundTrip([3, 2], values, 'int8'))]).toEqual([
    127,
    Math.fround(127 * scale),
    -64,
    Math.fround(76 * scale),
    0,
    Math.fround(-32 * scale),
  ]);
});

it('int8 has a scale for each channel of a depthwise kernel', async () => {
  const values = [1000, 1, -1000, -1];
  const back = await roundTrip([2, 1, 2, 1], values, 'int8');
  back.forEach((value, i) => {
    expect(value).toBeCloseTo(values[i], 3);
  });
});

it('int8 preserves channels of multiples of any scale', async () => {
  const values = [1, 5, 0.6, 3, -0.25, 0];
  expect([...(await roundTrip([3, 2], values, 'int8'))]).toEqual(values.map(Math.fround));
});

it('int8 encodes the smallest and the largest floats', async () => {
  const smallest = Math.fround(1.4e-45);
  const values = Array.from({length: 20}, (_, i) => (i % 2 ? 3e38 / (i + 2.1) : smallest));
  const back = await roundTrip([10, 2], values, 'int8');
  expect([...back]).toEqual(values.map((value, i) => (i % 2 ? expect.closeTo(value, -37) : smallest)));
});

it('a codebook preserves values if there are no more than its entries', async () => {
  const values = Array.from({length: 600}, (_, i) => (i % 3 === 0 ? 0 : ((i * 7) % 32) / 31 + 1));
  expect([...(await roundTrip([20, 30], values, {bits: 5}))]).toEqual([...Float32Array.from(values)]);
});

it.each([1, 2, 5, 8])(
  'a codebook of %d bits has at most 2^bits entries, and preserves zeros',
  async (bits) => {
    const values = sparseNormals(5000, 0.5);
    const back = await roundTrip([50, 100], values, {bits});
    expect(new Set(back.filter((value) => value !== 0)).size).toBeLessThanOrEqual(2 ** bits);
    values.forEach((value, i) => {
      expect(back[i] === 0).toBe(value === 0);
    });
  },
);

it('the entries of a codebook are the means of their values, as in k-means', async () => {
  // Three times 2 and 12, and values around them.
  const values = [1.9, 2, 2.1, 11.9, 12, 12.1].flatMap((value) => [value, value, value]);
  const means = [2, 12].flatMap((mean) => Array(9).fill(expect.closeTo(mean, 6)));
  const back = await roundTrip([6, 3], values, {bits: 1});
  expect([[...back], new Set(back).size]).toEqual([means, 2]);
});

it('a codebook of 5 bits has an error below 1/320 of the variance of normal values', async () => {
  const values = sparseNormals(20_000, 0);
  const back = await roundTrip([100, 200], values, {bits: 5});
  const squares = (list: Float32Array) => list.reduce((sum, value) => sum + value ** 2, 0);
  expect(squares(values.map((value, i) => value - back[i]))).toBeLessThan(squares(values) / 320);
});

describe('lossless encoding of few distinct values or half floats', () => {
  const few = sparseNormals(200, 0).map((value, i) =>
    i === 0 ? -0 : i === 1 ? Number.NEGATIVE_INFINITY : value,
  );
  const many = Float32Array.from({length: 5000}, (_, i) => (i % 3 === 0 ? 0 : few[(i * 7) % 200]));
  const halves = sparseNormals(5000, 0.4).map((value) => Math.round(value * 1e4) / 2 ** 12);
  const tiny = Float32Array.from({length: 500}, (_, i) => (i % 2 ? -1 : 1) * i * 2 ** -24);

  it.each<[string, Float32Array, number]>([
    ['200 different ones, -0 and an infinity', many, 1.2],
    ['half floats', halves, 2.1],
    ['the smallest half floats', tiny, 2.1],
  ])('takes no more than a codebook or half floats, and preserves every bit: %s', async (_, values, most) => {
    const shape = [values.length / 100, 100];
    for (const how of ['float32', 'float16', 'int8'] as const) {
      if (how !== 'float32' && values === many) continue;
      const bytes = await encodeArtifacts(floatArtifacts({shape, values}), {values: how});
      expect((bytes.length - 1300) / values.length).toBeLessThan(most);
    }
    expect(bitsOf(await roundTrip(shape, values, 'float32'))).toEqual(bitsOf(values));
  });

  it('uses no codebook with a NaN, which could lose bits, or with more than 256 values', async () => {
    const bits = Uint32Array.from({length: 600}, (_, i) => (i % 2 ? 0x3f8ccccd : 0x7fa00001));
    for (const some of [bits, Uint32Array.from({length: 600}, (_, i) => 0x3f8ccccd + (i % 257))]) {
      expect(bitsOf(await roundTrip([20, 30], new Float32Array(some.buffer), 'float32'))).toEqual(some);
    }
  });
});

it('biases and the slots of an optimizer stay float32, unless a function chooses otherwise', async () => {
  const artifacts = floatArtifacts(
    {shape: [2, 2], values: [0.1, 0.2, 0.3, 0.4]},
    {shape: [3], values: [0.1, 0.2, 0.7]},
    {shape: [2, 2], values: [0.1, 0.2, 0.3, 0.4]},
  );
  (artifacts.weightSpecs ?? [])[2].group = 'optimizer';
  const original = floatsOf(artifacts);
  const some = floatsOf(await decodeArtifacts(await encodeArtifacts(artifacts, {values: 'float16'})));
  const halves = [0.1, 0.2, 0.3, 0.4].map((value) => expect.closeTo(value, 3));
  expect([...some.subarray(0, 4)]).toEqual(halves);
  expect([...some.subarray(0, 4)]).not.toEqual([...original.subarray(0, 4)]);
  expect([...some.subarray(4)]).toEqual([...original.subarray(4)]);
  const asked = floatsOf(
    await decodeArtifacts(
      await encodeArtifacts(artifacts, {values: ({name}) => (name === 'w1' ? 'float16' : 'float32')}),
    ),
  );
  expect([...asked].map((value, i) => value === original[i])).toEqual([
    ...[true, true, true, true],
    ...[false, false, false],
    ...[true, true, true, true],
  ]);
});

it('tensors of other types and quantized tensors are preserved byte by byte', async () => {
  const weightSpecs = [
    {name: 'flags', shape: [3], dtype: 'bool' as const},
    {name: 'floats', shape: [2], dtype: 'float32' as const},
    {name: 'whole', shape: [1], dtype: 'int32' as const},
    {name: 'text', shape: [2], dtype: 'string' as const},
    {name: 'complex', shape: [], dtype: 'complex64' as const},
    {
      name: 'quantized',
      shape: [2],
      dtype: 'float32' as const,
      quantization: {dtype: 'uint8' as const, scale: 1, min: 0},
    },
    {name: 'half', shape: [1], dtype: 'float32' as const, quantization: {dtype: 'float16' as const}},
  ];
  const data = Uint8Array.from([
    ...[1, 0, 1],
    ...[0, 0, 128, 63, 0, 0, 0, 0],
    ...[1, 2, 3, 4],
    ...[2, 0, 0, 0, 65, 66, 0, 0, 0, 0],
    ...[1, 2, 3, 4, 5, 6, 7, 8],
    ...[9, 10],
    ...[11, 12],
  ]);
  const artifacts = {modelTopology: {}, weightSpecs, weightData: data.buffer};
  const back = await decodeArtifacts(await encodeArtifacts(artifacts, {values: 'int8'}));
  expect([...new Uint8Array(back.weightData as ArrayBuffer)]).toEqual([...data]);
  expect(back.weightSpecs).toEqual(weightSpecs);
});

it('encodeArtifacts() stores the other fields of model artifacts, and nothing else', async () => {
  const rest = {
    modelTopology: {node: [{name: 'x'}]},
    format: 'graph-model',
    generatedBy: '2.15',
    convertedBy: 'converter',
    signature: {inputs: {}},
    userDefinedMetadata: {labels: ['a']},
    modelInitializer: {node: []},
    initializerSignature: {outputs: {}},
    trainingConfig: {loss: 'mse', optimizer_config: {}},
  };
  const artifacts = {...rest, weightSpecs: [], weightData: new ArrayBuffer(0)};
  const foreign = {...artifacts, getWeightStream: () => new ReadableStream(), polluted: true};
  expect(await decodeArtifacts(await encodeArtifacts(foreign))).toEqual(artifacts);
});

it('a file of zeros is padded to the minimum length for its weights', async () => {
  const shape = [5000, 5000];
  const bytes = await encodeArtifacts(floatArtifacts({shape, values: new Float32Array(25e6)}));
  expect(bytes.length).toBe(Math.ceil((1e8 - 2 ** 26) / 1024));
  const back = floatsOf(await decodeArtifacts(bytes));
  expect([back.length, back.every((value) => value === 0)]).toEqual([25e6, true]);
});

it.each([
  [
    'values',
    {values: 'int4'},
    'values must be "float32", "float16", "int8" or {bits} from 1 to 8, got "int4"',
  ],
  ['bits', {values: {bits: 9}}, 'got {"bits":9}'],
  ['bits and more', {values: {bits: 5, scale: 2}}, 'got an object bits, scale'],
  ['values returned by a function', {values: () => 'toString'}, 'got "toString"'],
  ['options', {value: 'int8'}, 'unknown option "value"; there are values'],
])('encodeArtifacts() rejects invalid %s', async (_, options, message) => {
  const artifacts = floatArtifacts({shape: [1], values: [1]});
  await expect(encodeArtifacts(artifacts, options as never)).rejects.toThrow(message);
});

it.each([
  ['float16', 65520],
  ['float16', Number.NaN],
  ['int8', Number.POSITIVE_INFINITY],
  [{bits: 3}, Number.NEGATIVE_INFINITY],
] as const)('encodeArtifacts() throws for values that %j cannot hold: %d', async (values, wrong) => {
  await expect(
    encodeArtifacts(floatArtifacts({shape: [1, 2], values: [1, wrong]}), {values}),
  ).rejects.toThrow(
    `encodeArtifacts: "w0" has the value ${wrong}, which requires "float32"; choose that for it with values`,
  );
});

it('encodeArtifacts() throws if the weights do not have the length of their specs', async () => {
  const artifacts = floatArtifacts({shape: [2], values: [1, 2]});
  await expect(encodeArtifacts({...artifacts, weightData: new ArrayBuffer(9)})).rejects.toThrow(
    "encodeArtifacts: the model's weights take 8 bytes, but it has 9",
  );
});
