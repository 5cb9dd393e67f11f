import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {encode, prune, ship} from 'tfjs-pruning';
import {run} from '../../bin/run';
import {folder as plainFolder} from '../../demo/node/files';
import '../support/cpu';
import {mlp} from '../support/models';
import {artifactsOf} from '../support/saving';

let folder: string;
let model: tf.LayersModel;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ship-'));
  model = mlp();
  await prune(model, 0.5);
  await plainFolder(folder).save(await artifactsOf(model));
});
afterEach(() => {
  model.dispose();
  rmSync(folder, {recursive: true});
});

const at = (name: string) => join(folder, name);

/** Writes an array as numpy.save does. */
function saveNpy(
  name: string,
  shape: number[],
  values: ArrayLike<number>,
  type: '<f4' | '<f8' | '<i8' | '<c8' = '<f4',
): string {
  const arrays = {
    '<f4': () => Float32Array.from(values),
    '<f8': () => Float64Array.from(values),
    '<i8': () => BigInt64Array.from(Array.from(values, BigInt)),
    '<c8': () => Float32Array.from(values),
  };
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length, 0]);
  const {buffer} = arrays[type]();
  writeFileSync(at(name), Buffer.concat([head, Buffer.from(padded, 'latin1'), Buffer.from(buffer)]));
  return at(name);
}

/** Examples and outputs of the model, the latter changed by a number. */
function examples(change = 0): [x: string, y: string] {
  const inputs = Array.from({length: 12}, (_, i) => Math.sin(i));
  const y = tf.tidy(() => (model.predict(tf.tensor2d(inputs, [3, 4])) as tf.Tensor).dataSync());
  return [
    saveNpy('x.npy', [3, 4], inputs, '<f8'),
    saveNpy(
      'y.npy',
      [3, 3],
      y.map((value) => value + change),
    ),
  ];
}

describe('the command ship', () => {
  it('writes a module that Node imports, and its declarations', async () => {
    const {code, out, error} = await run(['ship', at('model.json'), '-o', at('net.mjs')]);
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain(`Wrote ${at('net.mjs')}, ${at('net.d.mts')}: net.mjs takes `);
    expect(readFileSync(at('net.d.mts'), 'utf8')).toBe(await ship(model, {format: 'types'}));
    const program = `import {predict} from './net.mjs'; console.log(JSON.stringify([...predict([1, 2, 3, 4])]))`;
    writeFileSync(at('program.mjs'), program);
    const printed = JSON.parse(execFileSync(process.execPath, [at('program.mjs')], {encoding: 'utf8'}));
    const right = tf.tidy(() => (model.predict(tf.tensor2d([[1, 2, 3, 4]])) as tf.Tensor).dataSync());
    for (const [i, value] of right.entries()) expect(printed[i]).toBeCloseTo(value, 5);
  });

  it('writes a WebAssembly module for a file that ends with .wasm, of a sparse file', async () => {
    writeFileSync(at('model.tfsp'), await encode(model));
    const {code, out} = await run(['ship', at('model.tfsp'), '-o', at('new/net.wasm'), '--json']);
    expect(code).toBe(0);
    expect(readdirSync(at('new'))).toEqual(['net.wasm']);
    const wasm = readFileSync(at('new/net.wasm'));
    expect(Uint8Array.from(wasm)).toEqual(await ship(model, {format: 'wasm'}));
    expect(JSON.parse(out)).toEqual({
      files: [at('new/net.wasm')],
      bytes: wasm.length,
      gzipBytes: expect.any(Number),
    });
  });

  it('rounds values', async () => {
    await run(['ship', at('model.json'), '-o', at('b.js'), '--values', '2']);
    expect(readFileSync(at('b.js'), 'utf8')).toBe(await ship(model, {values: {bits: 2}}));
  });

  it('compares the outputs before it writes', async () => {
    const told = await run(['ship', at('model.json'), '--check', ...examples(), '-o', at('net.js')]);
    expect([told.code, told.error]).toEqual([0, '']);
    expect(told.out).toMatch(/the outputs differ by up to \d.*e-\d+ of the largest$|up to 0\.00 of/);
  });

  it('writes nothing if the outputs differ by more than the tolerance', async () => {
    const argv = ['ship', at('model.json'), '-o', at('net.js'), '--check', ...examples(0.01)];
    const {code, error} = await run(argv);
    expect(code).toBe(1);
    expect(error).toMatch(
      /the outputs differ from .*y\.npy by up to 0\.0\d+ of the largest, more than 0\.0001/,
    );
    expect(existsSync(at('net.js'))).toBe(false);
    expect((await run([...argv, '--tolerance', '0.1'])).code).toBe(0);
    expect(existsSync(at('net.d.ts'))).toBe(true);
  });

  it.each([
    [
      'another shape',
      () => saveNpy('z.npy', [5], [1, 2, 3, 4, 5]),
      /z\.npy has the shape \[5\], which does not fit/,
    ],
    ['another number of examples', () => saveNpy('z.npy', [3], [1, 2, 3]), /has 3 examples, .*z\.npy has 1/],
    [
      'other elements',
      () => saveNpy('z.npy', [1], [1], '<i8').replace('z', 'w'),
      /there is no such file|ENOENT/,
    ],
  ])('refuses files to compare with of %s', async (_, make, message) => {
    const [x] = examples();
    const {code, error} = await run(['ship', at('model.json'), '-o', at('net.js'), '--check', x, make()]);
    expect(code).toBe(1);
    expect(error).toMatch(message);
  });

  it('refuses a file to compare with that is none of NumPy', async () => {
    const [x] = examples();
    const {error} = await run(['ship', at('model.json'), '--check', x, at('model.json'), '-o', at('net.js')]);
    expect(error).toMatch(/cannot read .*model\.json: it is no \.npy file; save it with numpy\.save/);
  });

  it('refuses layers that it does not support, by their names', async () => {
    const own = tf.sequential({
      layers: [tf.layers.gru({name: 'own', units: 2, stateful: true, batchInputShape: [1, 3, 2]})],
    });
    await plainFolder(folder).save(await artifactsOf(own));
    const {code, error} = await run(['ship', at('model.json'), '-o', at('net.js')]);
    expect([code, error]).toEqual([
      1,
      'tfjs-pruning: ship: the layer "own" (GRU): stateful is not supported',
    ]);
    own.dispose();
  });

  it.each([
    [['-o', 'net.txt'], '--out must be a file that ends with .js, .mjs or .wasm, got "net.txt"'],
    [['--format', 'js'], '--format must be module or wasm, got "js"'],
    [['--check', 'x.npy'], '--check takes two files, of inputs and outputs, got "x.npy" only'],
    [['--tolerance', 'x'], '--tolerance must be a number of at least 0, got "x"'],
    [['--plain'], 'ship has no option --plain'],
  ])('rejects %p', async (argv, message) => {
    const {code, error} = await run(['ship', at('model.json'), ...argv]);
    expect([code, error]).toEqual([2, `tfjs-pruning: ${message}; see npx tfjs-pruning --help`]);
  });
});
