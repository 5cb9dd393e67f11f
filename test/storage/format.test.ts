import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {deflateRawSync, inflateRawSync} from 'node:zlib';
import {decodeArtifacts, encodeArtifacts} from 'tfjs-pruning/storage';
import {floatArtifacts, floatsOf, resealed} from '../support/sparse';

/** The dictionary as docs/format.md lists it, in the last block of code. */
const [listed] = readFileSync(join(__dirname, '../../docs/format.md'), 'utf8').split('```').slice(-2);
const dictionary = Buffer.from(listed.replace(/^text|\n/g, ''));

const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
const f32 = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];

/** A file as specified in docs/format.md, of one float or quantized tensor, with the given section. */
function fileOf(shape: number[], section: number[], dtype?: 'uint8' | 'uint16' | 'float16'): Uint8Array {
  const size = shape.reduce((size, length) => size * length, 1);
  const weightBytes = {uint8: 1, uint16: 2, float16: 2, float32: 4}[dtype ?? 'float32'] * size;
  const quantization = dtype && {dtype, scale: 1, min: 0};
  const head = {weightSpecs: [{name: 'w', shape, dtype: 'float32', quantization}], weightBytes};
  const text = Buffer.from(JSON.stringify(head));
  const deflated = deflateRawSync(text);
  const magic = [...Buffer.from('tfsp'), ...u32(2), ...u32(0), ...u32(0), 0];
  return resealed(
    Uint8Array.from([...magic, ...u32(text.length), ...u32(deflated.length), ...deflated, ...section]),
  );
}

it.each<[string, number[], number[], number[]]>([
  ['values for all', [2, 2], [4, 0, 1, ...f32(5), ...f32(7), 0, 0, 1, 1, 0], [5, 7, 7, 5]],
  ['a bitmap', [2, 2], [4, 1, 0b01100000, 0, ...f32(5), 0, 0, 0], [0, 5, 5, 0]],
  ['gaps', [8], [4, 2, ...u32(3), 1, ...u32(1), 0x9a, 0, ...f32(5), 0, 0, 0, 0], [5, 0, 0, 0, 5, 0, 0, 5]],
  ['rows', [3, 2], [4, 4, 0b10100000, 0, ...f32(5), 0, 0, 0, 0, 0], [5, 5, 0, 0, 5, 5]],
  ['columns', [2, 3], [4, 8, 0b01000000, 0, ...f32(5), 0, 0, 0], [0, 5, 0, 0, 5, 0]],
  [
    'rows, columns and gaps',
    [3, 3],
    [4, 14, 0b10100000, 0b11000000, ...u32(1), 0, ...u32(1), 0b00100000, 0, ...f32(5), 0, 0],
    [0, 0, 0, 0, 0, 0, 5, 0, 0],
  ],
  ['float32', [1], [1, 0, 0, 0x7f, 1, 0, 0x80], [-1.5]],
  ['float16', [1], [2, 0, 0, 0x7c, 1], [-1.5]],
  [
    'int8 of two channels',
    [2, 2],
    [3, 0, ...f32(0.5), ...f32(2), 0, 129, 127, 255, 1],
    [0.5, -2, 63.5, -254],
  ],
  // Lengths 1 for 126, 2 for 128 and 129: codes 0, 10, 11.
  [
    'Huffman codes',
    [1, 6],
    [3, 0, ...Array(6).fill(f32(1)).flat(), 1, 126, 129, 0x10, 0x22, ...u32(2), 0b01011010, 0b10000000],
    [-2, 0, 1, -2, 0, 0],
  ],
])('decodeArtifacts() reads a file as docs/format.md specifies: %s', async (_, shape, section, expected) => {
  expect([...floatsOf(await decodeArtifacts(fileOf(shape, section)))]).toEqual(expected);
});

it.each<['uint8' | 'uint16' | 'float16', number[], number[], number[]]>([
  ['uint8', [2, 2], [5, 7, 0, 1, 0b01100000, 0, 9, 1], [7, 9, 1, 7]],
  [
    'uint16',
    [4],
    [5, 1, 2, 2, ...u32(1), 1, ...u32(1), 0b11000000, 0, 4, 0, 3],
    [0x201, 0x403, 0x201, 0x201],
  ],
  ['float16', [1, 2], [5, 0, 0, 0, 0, 0x3c, 0xbc, 0, 0, 1], [0x3c00, 0xbc01]],
])(
  'decodeArtifacts() reads a quantized tensor as docs/format.md specifies: %s',
  async (dtype, shape, section, expected) => {
    const {weightData} = await decodeArtifacts(fileOf(shape, section, dtype));
    const numbers = dtype === 'uint8' ? Uint8Array : Uint16Array;
    expect([...new numbers(weightData as ArrayBuffer)]).toEqual(expected);
  },
);

it('decodeArtifacts() reads a head that refers to the dictionary in docs/format.md', async () => {
  const head = {
    modelTopology: {class_name: 'Sequential'},
    format: 'layers-model',
    weightSpecs: [],
    weightBytes: 0,
  };
  const text = Buffer.from(JSON.stringify(head));
  const deflated = deflateRawSync(text, {dictionary});
  expect(deflated.length).toBeLessThan(deflateRawSync(text).length / 2);
  const file = [...Buffer.from('tfsp'), ...u32(2), ...u32(0), ...u32(0), 1];
  file.push(...u32(text.length), ...u32(deflated.length), ...deflated);
  const {modelTopology} = await decodeArtifacts(resealed(Uint8Array.from(file)));
  expect(modelTopology).toEqual({class_name: 'Sequential'});
});

it('encodeArtifacts() writes a file as docs/format.md specifies', async () => {
  const values = [0, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0, 0];
  const file = Buffer.from(await encodeArtifacts(floatArtifacts({shape: [3, 4], values})));
  expect(file.toString('latin1', 0, 4)).toBe('tfsp');
  expect([file.readUInt32LE(4), file.readUInt32LE(8)]).toEqual([2, file.length]);
  const [form, length, deflated] = [file[16], file.readUInt32LE(17), file.readUInt32LE(21)];
  expect(form).toBe(1);
  const head = inflateRawSync(file.subarray(25, 25 + deflated), {dictionary});
  expect(head.length).toBe(length);
  expect(JSON.parse(head.toString())).toEqual({
    modelTopology: {},
    format: 'layers-model',
    weightSpecs: [{name: 'w0', shape: [3, 4], dtype: 'float32'}],
    weightBytes: 48,
  });
  // A bitmap of column 1 only; 0.1 is 0x3dcccccd, rotated 0x7b99999a.
  expect([...file.subarray(25 + deflated)]).toEqual([
    1, 9, 0b01000000, 0b01000000, 0, 0x7b, 0x9a, 0x99, 0x99,
  ]);
});
