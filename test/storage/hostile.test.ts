import {deflateRawSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {decodeArtifacts, encodeArtifacts} from 'tfjs-pruning';
import {floatArtifacts, resealed, sparseNormals, uniform} from '../support/sparse';

/** With a tensor of each way to quantize, which is sparse. */
function withQuantized(artifacts: tf.io.ModelArtifacts): tf.io.ModelArtifacts {
  const numbers = Uint16Array.from({length: 300}, (_, i) => (i % 3 === 0 ? (i * 7) % 251 : 9));
  const dtypes = ['uint8', 'uint16', 'float16'] as const;
  const specs = dtypes.map((dtype) => ({
    name: dtype,
    shape: [20, 15],
    dtype: 'float32' as const,
    quantization: {dtype, scale: 1, min: 0},
  }));
  const data = dtypes.map((dtype) => (dtype === 'uint8' ? Uint8Array.from(numbers) : numbers).buffer);
  return {
    ...artifacts,
    weightSpecs: [...(artifacts.weightSpecs ?? []), ...specs],
    weightData: tf.io.CompositeArrayBuffer.join([artifacts.weightData ?? [], ...data].flat()),
  };
}

/** A file that has each of the ways to write positions and values. */
function manyWays(): Promise<Uint8Array> {
  const values = sparseNormals(1200, 0.5);
  const columns = values.map((value, i) => (i % 4 === 0 ? value : 0));
  const artifacts = floatArtifacts(
    {shape: [1200], values},
    {shape: [30, 40], values: sparseNormals(1200, 0.9)},
    {shape: [300, 4], values: columns},
    {shape: [20, 60], values},
    {shape: [2, 3], values: [1, 2, 3, 4, 5, 6]},
    {shape: [0, 3], values: []},
  );
  const ways = ['float32', 'float32', 'float16', 'int8', {bits: 2}, 'float32'] as const;
  return encodeArtifacts(withQuantized(artifacts), {values: ({name}) => ways[Number(name[1])] ?? 'float32'});
}

const small = () =>
  encodeArtifacts(
    floatArtifacts({shape: [4, 5], values: sparseNormals(20, 0.6)}, {shape: [2], values: [1, 2]}),
  );

/** A file with the head given, of which nothing follows but `body`. */
function withHead(head: unknown, body: number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof head === 'string' ? head : JSON.stringify(head));
  const deflated = deflateRawSync(text);
  const lengths = new Uint8Array(Uint32Array.of(text.length, deflated.length).buffer);
  return resealed(Uint8Array.from([...header(), ...lengths, ...deflated, ...body]));
}

const header = () => [...new TextEncoder().encode('tfsp'), 1, 0, 0, 0, ...new Uint8Array(8)];

const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];

const spec = (shape: unknown, more: object = {}) => ({name: 'w', shape, dtype: 'float32', ...more});

/** What comes of a file: the lengths of the weights, or what the error says. */
async function outcome(bytes: Uint8Array): Promise<number | string> {
  try {
    return ((await decodeArtifacts(bytes)).weightData as ArrayBuffer).byteLength;
  } catch (error) {
    return (error as Error).message;
  }
}

const CLEAR =
  /^sparse file: .+; (the file is damaged or not a sparse file: get it again|update tfjs-pruning, or get the file again)$/;

it('every corruption of a single byte is told', async () => {
  const file = await small();
  expect(await outcome(file)).toBe(88);
  const untold = [];
  for (let i = 0; i < file.length; i++) {
    for (let change = 1; change < 256; change++) {
      const broken = file.slice();
      broken[i] ^= change;
      const result = await outcome(broken);
      if (!CLEAR.test(`${result}`)) {
        untold.push({i, change, result});
      }
    }
  }
  expect(untold).toEqual([]);
});

it('every shorter file is told, and a longer one', async () => {
  const file = await manyWays();
  for (let length = 0; length < file.length; length++) {
    expect(await outcome(file.subarray(0, length))).toMatch(CLEAR);
  }
  expect(await outcome(Uint8Array.from([...file, 0]))).toMatch(/it has \d+ bytes, and says \d+/);
});

it('every shorter file with a length and checksum to match is told', async () => {
  const file = await manyWays();
  for (let length = 16; length < file.length; length++) {
    expect(await outcome(resealed(file.subarray(0, length)))).toMatch(CLEAR);
  }
});

it('every change of a byte with a checksum to match is told, or gives as many weights as are said', async () => {
  const file = await manyWays();
  const expected = await outcome(file);
  const next = uniform(3);
  const untold = [];
  for (let i = 16; i < file.length; i++) {
    for (const change of [128 >> (i % 8), 1 + Math.floor(next() * 255)]) {
      const broken = file.slice();
      broken[i] ^= change;
      const result = await outcome(resealed(broken));
      if (result !== expected && !CLEAR.test(`${result}`)) {
        untold.push({i, change, result});
      }
    }
  }
  expect(untold).toEqual([]);
}, 300_000);

it('random corruptions of a larger file are told', async () => {
  const file = await encodeArtifacts(
    floatArtifacts({shape: [400, 300], values: sparseNormals(120_000, 0.9)}),
  );
  const places = fc.array(fc.record({at: fc.nat(file.length - 1), change: fc.integer({min: 1, max: 255})}), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(places, async (changes) => {
      const broken = file.slice();
      for (const {at, change} of changes) {
        broken[at] = (file[at] + change) % 256;
      }
      expect(await outcome(broken)).toMatch(CLEAR);
    }),
    {numRuns: 300},
  );
});

it('random changes of a larger file with a checksum to match neither crash nor hang', async () => {
  const values = sparseNormals(120_000, 0.9);
  const file = await encodeArtifacts(floatArtifacts({shape: [400, 300], values}));
  const places = fc.array(fc.record({at: fc.integer({min: 16, max: file.length - 1}), to: fc.nat(255)}), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(places, async (changes) => {
      const broken = file.slice();
      for (const {at, to} of changes) {
        broken[at] = to;
      }
      const result = await outcome(resealed(broken));
      expect(result === 480_000 || CLEAR.test(`${result}`)).toBe(true);
    }),
    {numRuns: 300},
  );
});

it('any bytes at all are told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({maxLength: 200}), async (bytes) => {
      expect(await outcome(bytes)).toMatch(CLEAR);
      expect(await outcome(resealed(Uint8Array.from([...header(), ...bytes])))).toMatch(CLEAR);
    }),
    {numRuns: 300},
  );
});

it('another version is told, with the one that can be read', async () => {
  const file = await small();
  file[4] = 2;
  expect(await outcome(resealed(file))).toBe(
    'sparse file: its version is 2, and 1 can be read; update tfjs-pruning, or get the file again',
  );
});

const huge = {weightSpecs: [spec([1e5, 1e5])], weightBytes: 4e10};

it.each<[string, Uint8Array, string]>([
  ['weights larger than the file is worth', withHead(huge), 'take 40000000000 bytes, and may hold'],
  ['a shape larger than that', withHead({...huge, weightBytes: 4}), '"w" has the shape [100000,100000]'],
  [
    'a shape whose product is too large to count',
    withHead({...huge, weightSpecs: [spec([1e300, 1e300, 0])]}),
    'may hold',
  ],
  [
    'a shape whose product fits because of a 0',
    withHead({weightSpecs: [spec([1e12, 0])], weightBytes: 0}),
    'more than it may hold',
  ],
  [
    'a negative length',
    withHead({weightSpecs: [spec([-2, -2])], weightBytes: 16}),
    'what it says of a weight',
  ],
  [
    'a length that is no number',
    withHead({weightSpecs: [spec(['4'])], weightBytes: 16}),
    'what it says of a weight',
  ],
  ['no shape', withHead({weightSpecs: [spec(null)], weightBytes: 16}), 'what it says of a weight'],
  ['a weight that is none', withHead({weightSpecs: [null], weightBytes: 16}), 'what it says of a weight'],
  [
    'an unknown dtype',
    withHead({weightSpecs: [spec([1], {dtype: 'float64'})], weightBytes: 8}),
    'what it says',
  ],
  [
    'a name that is a prototype',
    withHead({weightSpecs: [spec([1], {name: '__proto__'})], weightBytes: 4}),
    'what it says',
  ],
  [
    'a key that is a prototype',
    withHead('{"modelTopology":{"\\u005f_proto__":{"a":1}}}'),
    'the key "__proto__"',
  ],
  ['a head that is no object', withHead('null'), 'no weightSpecs and weightBytes'],
  ['a head that is no JSON', withHead('{'), 'its head is not JSON'],
  ['a head nested too deep', withHead('['.repeat(200_000) + ']'.repeat(200_000)), 'its head is not JSON'],
  [
    'a negative number of bytes',
    withHead({weightSpecs: [], weightBytes: -1}),
    'no weightSpecs and weightBytes',
  ],
  [
    'more bytes than the weights take',
    withHead({weightSpecs: [], weightBytes: 4}),
    'its weights take 0 bytes, and it says 4',
  ],
  [
    'fewer bytes than the weights take',
    withHead({weightSpecs: [spec([2])], weightBytes: 4}, [1, 0]),
    'what it is not',
  ],
  [
    'an unknown kind of values',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [9, 0, 0, 0, 0]),
    'what it is not',
  ],
  [
    'bytes for floats',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [0, ...u32(4), 1, 2, 3, 4]),
    'what it is not',
  ],
  [
    'an unknown form of positions',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [1, 3]),
    'the unknown form 3',
  ],
  [
    'more gaps than bits',
    withHead({weightSpecs: [spec([9])], weightBytes: 36}, [1, 2, ...u32(4e9), 0, ...u32(1), 255]),
    '4000000000 gaps with k = 0 in 8 bits',
  ],
  [
    'a gap that leads too far',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [1, 2, ...u32(1), 0, ...u32(1), 64]),
    'a gap that leads too far',
  ],
  [
    'a k that is too large',
    withHead({weightSpecs: [spec([9])], weightBytes: 36}, [1, 2, ...u32(1), 200, ...u32(1), 255]),
    'with k = 200',
  ],
  [
    'a bitmap of more elements than there are',
    withHead({weightSpecs: [spec([1, 9])], weightBytes: 36}, [1, 1, 0, 255]),
    'a bitmap that goes on too far',
  ],
  [
    'a value for each of more elements than there are bits',
    withHead({weightSpecs: [spec([4e6])], weightBytes: 16e6}, [1, 0]),
    '4000000 values in 0 bytes',
  ],
  [
    'codes that are none',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [3, 0, 0, 0, 0, 0, 1, 5, 5, 0x30]),
    'not those of a Huffman code',
  ],
  [
    'numbers for a tensor that is not quantized',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [5, 0, 0, 0, 0, 0]),
    'what it is not',
  ],
  [
    'numbers of an unknown width',
    withHead({weightSpecs: [spec([1], {quantization: {dtype: 'toString'}})], weightBytes: 4}, [5, 0, 0, 0]),
    'what it is not',
  ],
  [
    'numbers for more elements than there is room for',
    withHead({weightSpecs: [spec([4], {quantization: {dtype: 'uint16'}})], weightBytes: 4}, [5, 0, 0, 2]),
    'what it is not',
  ],
  [
    'an entry that its codebook has not',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [4, 0, 0, 0, 0, 0, 0, 0, 7]),
    'entry 7 of a codebook of 1',
  ],
])('%s is told', async (_, file, message) => {
  const told = await outcome(file);
  expect(told).toContain(message);
  expect(told).toMatch(CLEAR);
});

it('a head that inflates to more than it says is given up at once', async () => {
  const deflated = deflateRawSync(new Uint8Array(50_000_000));
  const bomb = (says: number) =>
    resealed(Uint8Array.from([...header(), ...u32(says), ...u32(deflated.length), ...deflated]));
  expect(await outcome(bomb(1000))).toContain('its head cannot be inflated to 1000 bytes');
  expect(await outcome(bomb(4e9))).toMatch(/\d+ bytes cannot inflate to 4000000000/);
});

it('keys that tfjs does not know are left out', async () => {
  const head = {
    weightSpecs: [],
    weightBytes: 0,
    format: 'layers-model',
    constructor: 1,
    toString: 2,
    weightData: 3,
  };
  expect(await decodeArtifacts(withHead(head))).toEqual({
    format: 'layers-model',
    weightSpecs: [],
    weightData: new ArrayBuffer(0),
  });
});

it.each([
  ['null', null],
  ['a Float32Array of 16 bytes', new Float32Array(4)],
  ['a DataView of 4 bytes', new DataView(new ArrayBuffer(4))],
  ['"tfsp"', 'tfsp'],
])('input that is not bytes is an error: %s', async (type, bytes) => {
  await expect(decodeArtifacts(bytes as never)).rejects.toThrow(
    `decodeArtifacts: expected the bytes of a sparse file as a Uint8Array or an ArrayBuffer, got ${type}`,
  );
});
