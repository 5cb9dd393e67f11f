import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {decodeArtifacts} from 'tfjs-pruning/storage';
import {folder as plainFolder} from '../../demo/node/files';
import '../support/cpu';
import {mlp} from '../support/models';
import {limited, started} from '../support/programs';
import {artifactsOf} from '../support/saving';
import {floatArtifacts} from '../support/sparse';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(root, {recursive: true}));

/** Options to prune a model of about 4 MB into a folder that already has a model.tfsp. */
async function largeModel(): Promise<string[]> {
  const source = join(root, 'source');
  const values = new Float32Array(2 ** 20).map((_, i) => Math.sin(i));
  await plainFolder(source).save({
    ...floatArtifacts({shape: [2 ** 10, 2 ** 10], values}),
    format: 'graph-model',
  });
  writeFileSync(join(root, 'model.tfsp'), 'old');
  return ['bin/main.ts', 'prune', join(source, 'model.json'), '--sparsity', '0', '-o', root, '--plain'];
}

const staged = () =>
  readdirSync(root).find((name) => name.startsWith('.') && existsSync(join(root, name, 'model.tfsp')));

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'the command line leaves only the old file when %s ends it while writing',
  async (signal) => {
    const child = started(await largeModel());
    const exited = new Promise((resolve) => child.once('exit', resolve));
    while (child.exitCode === null && staged() === undefined) await setImmediate();
    child.kill(signal);
    expect(await exited).toBe({SIGHUP: 129, SIGINT: 130, SIGTERM: 143}[signal]);
    expect(readFileSync(join(root, 'model.tfsp'), 'utf8')).toBe('old');
    expect(readdirSync(root).sort()).toEqual(['model.tfsp', 'source']);
  },
);

it('the command line leaves the old file when it is killed while writing', async () => {
  const child = started(await largeModel());
  const exited = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  while (child.exitCode === null && staged() === undefined) await setImmediate();
  child.kill('SIGKILL');
  expect(await exited).toBe('SIGKILL');
  expect(readFileSync(join(root, 'model.tfsp'), 'utf8')).toBe('old');
});

it('the command line leaves only the old files when the disk is full', async () => {
  const argv = await largeModel();
  const {status, stderr} = limited(500, argv);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^tfjs-pruning: cannot write into .*: EFBIG.*; choose another folder with -o\n$/),
  ]);
  expect(readFileSync(join(root, 'model.tfsp'), 'utf8')).toBe('old');
  expect(readdirSync(root).sort()).toEqual(['model.tfsp', 'source']);
});

it('the command line loads the written files without a backend of tfjs', async () => {
  await plainFolder(root).save(await artifactsOf(mlp()));
  const out = join(root, 'out put');
  const child = started([
    'bin/main.ts',
    'prune',
    join(root, 'model.json'),
    '--sparsity',
    '0.5',
    '-o',
    out,
    '--plain',
  ]);
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  await decodeArtifacts(readFileSync(join(out, 'model.tfsp')));
  expect(readdirSync(out).sort()).toEqual(['model.json', 'model.tfsp', 'weights.bin']);
});
