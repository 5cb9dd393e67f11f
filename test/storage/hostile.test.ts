import {deflateRawSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {load} from 'tfjs-pruning/runtime';
import {decodeArtifacts, encodeArtifacts} from 'tfjs-pruning/storage';
import {floatArtifacts, resealed, sparseNormals, uniform} from '../support/sparse';

/** A sparse tensor for each type of quantization. */
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

/** A file with every coding of positions and every kind of values. */
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

/** A file of the given head, followed by `body`. */
function withHead(head: unknown, body: number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof head === 'string' ? head : JSON.stringify(head));
  const deflated = deflateRawSync(text);
  const lengths = new Uint8Array(Uint32Array.of(text.length, deflated.length).buffer);
  return resealed(Uint8Array.from([...header(), 0, ...lengths, ...deflated, ...body]));
}

const header = () => [...new TextEncoder().encode('tfsp'), 2, 0, 0, 0, ...new Uint8Array(8)];

const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];

const spec = (shape: unknown, more: object = {}) => ({name: 'w', shape, dtype: 'float32', ...more});

/** The result of decoding a file: the lengths of its weights, or the error message, which `load` of the runtime gives as well. */
async function outcome(bytes: Uint8Array): Promise<number | string> {
  try {
    return ((await decodeArtifacts(bytes)).weightData as ArrayBuffer).byteLength;
  } catch (error) {
    const {message} = error as Error;
    const other = await load(bytes).then(
      () => 'loaded',
      (cause: Error) => cause.message,
    );
    return other === message.replace(/^decodeArtifacts/, 'load') ? message : `load differs: ${other}`;
  }
}

const CLEAR =
  /^decodeArtifacts: cannot read the file: .+; (the file is damaged or not a sparse file: get it again|update tfjs-pruning, or get the file again)$/;

it('decodeArtifacts() throws for every corruption of a single byte', async () => {
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

it('decodeArtifacts() throws for every shorter file, and for a longer one', async () => {
  const file = await manyWays();
  for (let length = 0; length < file.length; length++) {
    expect(await outcome(file.subarray(0, length))).toMatch(CLEAR);
  }
  expect(await outcome(Uint8Array.from([...file, 0]))).toMatch(/it has \d+ bytes, but declares \d+/);
});

it('decodeArtifacts() throws for every shorter file with matching length and checksum', async () => {
  const file = await manyWays();
  for (let length = 16; length < file.length; length++) {
    expect(await outcome(resealed(file.subarray(0, length)))).toMatch(CLEAR);
  }
});

it('decodeArtifacts() throws for every changed byte with a matching checksum, or returns weights of the declared length', async () => {
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

it('decodeArtifacts() throws for random corruptions of a larger file', async () => {
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

it('decodeArtifacts() neither crashes nor hangs for random changes of a larger file with a matching checksum', async () => {
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

it('decodeArtifacts() throws for arbitrary bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({maxLength: 200}), async (bytes) => {
      expect(await outcome(bytes)).toMatch(CLEAR);
      expect(await outcome(resealed(Uint8Array.from([...header(), ...bytes])))).toMatch(CLEAR);
    }),
    {numRuns: 300},
  );
});

it('decodeArtifacts() throws for another version, and names the supported one', async () => {
  const file = await small();
  file[4] = 1;
  expect(await outcome(resealed(file))).toBe(
    'decodeArtifacts: cannot read the file: version 1 is not supported, only 2; update tfjs-pruning, or get the file again',
  );
});

const huge = {weightSpecs: [spec([1e5, 1e5])], weightBytes: 4e10};

it.each<[string, Uint8Array, string]>([
  [
    'weights larger than the limit of the file',
    withHead(huge),
    'declares 40000000000 bytes of weights, and may hold at most',
  ],
  ['a shape larger than that', withHead({...huge, weightBytes: 4}), '"w" has the shape [100000,100000]'],
  [
    'a shape with a product beyond 2^53',
    withHead({...huge, weightSpecs: [spec([1e300, 1e300, 0])]}),
    'and may hold at most',
  ],
  [
    'a shape with a product of 0 and a partial product that is too large',
    withHead({weightSpecs: [spec([1e12, 0])], weightBytes: 0}),
    'exceeds the limit of the file',
  ],
  [
    'a negative length',
    withHead({weightSpecs: [spec([-2, -2])], weightBytes: 16}),
    'a weight has the bad spec',
  ],
  [
    'a length that is not a number',
    withHead({weightSpecs: [spec(['4'])], weightBytes: 16}),
    'a weight has the bad spec',
  ],
  ['no shape', withHead({weightSpecs: [spec(null)], weightBytes: 16}), 'a weight has the bad spec'],
  ['a spec of null', withHead({weightSpecs: [null], weightBytes: 16}), 'a weight has the bad spec'],
  [
    'an unknown dtype',
    withHead({weightSpecs: [spec([1], {dtype: 'float64'})], weightBytes: 8}),
    'a weight has the bad spec',
  ],
  [
    'the name __proto__',
    withHead({weightSpecs: [spec([1], {name: '__proto__'})], weightBytes: 4}),
    'a weight has the bad spec',
  ],
  ['the key __proto__', withHead('{"modelTopology":{"\\u005f_proto__":{"a":1}}}'), 'the key "__proto__"'],
  ['a head that is not an object', withHead('null'), 'no weightSpecs and weightBytes'],
  ['a head that is not JSON', withHead('{'), 'its head is not JSON'],
  ['a head nested too deeply', withHead('['.repeat(200_000) + ']'.repeat(200_000)), 'its head is not JSON'],
  [
    'a negative number of bytes',
    withHead({weightSpecs: [], weightBytes: -1}),
    'no weightSpecs and weightBytes',
  ],
  [
    'more bytes than the weights take',
    withHead({weightSpecs: [], weightBytes: 4}),
    'its weights take 0 bytes, but it declares 4',
  ],
  [
    'fewer bytes than the weights take',
    withHead({weightSpecs: [spec([2])], weightBytes: 4}, [1, 0]),
    'does not fit its type or shape',
  ],
  [
    'an unknown kind of values',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [9, 0, 0, 0, 0]),
    'does not fit its type or shape',
  ],
  [
    'raw bytes for floats',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [0, ...u32(4), 1, 2, 3, 4]),
    'does not fit its type or shape',
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
    'a gap beyond the end',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [1, 2, ...u32(1), 0, ...u32(1), 64]),
    'a gap beyond the end of a tensor',
  ],
  [
    'a k above the maximum',
    withHead({weightSpecs: [spec([9])], weightBytes: 36}, [1, 2, ...u32(1), 200, ...u32(1), 255]),
    'with k = 200',
  ],
  [
    'a bitmap with more bits than elements',
    withHead({weightSpecs: [spec([1, 9])], weightBytes: 36}, [1, 1, 0, 255]),
    'a bitmap beyond the end of a tensor',
  ],
  [
    'a value for each of more elements than bits in the file',
    withHead({weightSpecs: [spec([4e6])], weightBytes: 16e6}, [1, 0]),
    '4000000 values in 0 bytes',
  ],
  [
    'code lengths of no Huffman code',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [3, 0, 0, 0, 0, 0, 1, 5, 5, 0x30]),
    'not those of a Huffman code',
  ],
  [
    'levels for a tensor that is not quantized',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [5, 0, 0, 0, 0, 0]),
    'does not fit its type or shape',
  ],
  [
    'levels of an unknown width',
    withHead({weightSpecs: [spec([1], {quantization: {dtype: 'toString'}})], weightBytes: 4}, [5, 0, 0, 0]),
    'does not fit its type or shape',
  ],
  [
    'levels for more elements than the weights have room for',
    withHead({weightSpecs: [spec([4], {quantization: {dtype: 'uint16'}})], weightBytes: 4}, [5, 0, 0, 2]),
    'does not fit its type or shape',
  ],
  [
    'an entry beyond its codebook',
    withHead({weightSpecs: [spec([1])], weightBytes: 4}, [4, 0, 0, 0, 0, 0, 0, 0, 7]),
    'entry 7 of a codebook of 1',
  ],
])('decodeArtifacts() throws for %s', async (_, file, message) => {
  const told = await outcome(file);
  expect(told).toContain(message);
  expect(told).toMatch(CLEAR);
});

it('decodeArtifacts() throws for a head of an unknown form, or one that refers beyond its dictionary', async () => {
  const head = (form: number, deflated: number[]) =>
    resealed(Uint8Array.from([...header(), form, ...u32(9), ...u32(deflated.length), ...deflated]));
  expect(await outcome(head(2, [0]))).toContain('its head is of the unknown form 2');
  // A match of length 3 at the distance 32,768, as the first code.
  expect(await outcome(head(1, [0x03, 0x5e, 0xfe, 0xff, 0x00]))).toContain('its head cannot be inflated');
  expect(await outcome(head(1, []))).toContain('0 bytes cannot inflate to 9');
});

it('inflating stops when a head exceeds its declared length', async () => {
  const deflated = deflateRawSync(new Uint8Array(50_000_000));
  const bomb = (says: number) =>
    resealed(Uint8Array.from([...header(), 0, ...u32(says), ...u32(deflated.length), ...deflated]));
  expect(await outcome(bomb(1000))).toContain('its head cannot be inflated to 1000 bytes');
  expect(await outcome(bomb(4e9))).toMatch(/\d+ bytes cannot inflate to 4000000000/);
});

it('decodeArtifacts() drops keys unknown to tfjs', async () => {
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
])('decodeArtifacts() rejects input that is not bytes: %s', async (type, bytes) => {
  await expect(decodeArtifacts(bytes as never)).rejects.toThrow(
    `decodeArtifacts: expected the bytes of a sparse file as a Uint8Array or an ArrayBuffer, got ${type}`,
  );
});
