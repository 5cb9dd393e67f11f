import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {readModel} from '../../bin/modelFiles';
import {writePlain} from '../../bin/plain';
import {stage} from '../../bin/staging';
import {floatArtifacts, floatsOf} from '../support/sparse';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'staging-'));
});
afterEach(() => rmSync(root, {recursive: true}));

const model = (...values: number[]) => floatArtifacts({shape: [values.length], values});

async function save(folder: string, ...values: number[]): Promise<void> {
  const staging = stage(folder);
  await writePlain(staging, model(...values));
  staging.commit();
  staging.discard();
}

const valuesIn = async (folder: string) => [
  ...floatsOf((await readModel(join(folder, 'model.json'))).artifacts),
];

it('staged files appear on commit, in folders made for them', async () => {
  const folder = join(root, 'a b', 'ü');
  const staging = stage(folder);
  await staging.write('one', 'new');
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.tfjs-pruning-/)]);
  staging.commit();
  staging.discard();
  expect(readFileSync(join(folder, 'one'), 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['one']);
});

it('discarded files leave the old ones complete, and none of the folders made for them', async () => {
  writeFileSync(join(root, 'one'), 'old');
  const staging = stage(root);
  await staging.write('one', 'new');
  staging.discard();
  expect([readFileSync(join(root, 'one'), 'utf8'), readdirSync(root)]).toEqual(['old', ['one']]);
  stage(join(root, 'a', 'b')).discard();
  expect(readdirSync(root)).toEqual(['one']);
});

it('a replaced file keeps its permissions', async () => {
  writeFileSync(join(root, 'one'), 'old');
  chmodSync(join(root, 'one'), 0o600);
  const staging = stage(root);
  await staging.write('one', 'new');
  staging.commit();
  staging.discard();
  expect(statSync(join(root, 'one')).mode & 0o777).toBe(0o600);
});

it.each([
  ['below /proc', () => '/proc/x/y'],
  ['that is a file', () => join(root, 'file')],
  ['below a file', () => join(root, 'file', 'x')],
])('stage() throws for a folder %s before anything is written', (_, folder) => {
  writeFileSync(join(root, 'file'), '');
  expect(() => stage(folder(), 'try elsewhere')).toThrow(
    /^cannot write into .*(ENOENT|ENOTDIR|EEXIST).*; try elsewhere$/,
  );
  expect(readdirSync(root)).toEqual(['file']);
});

it('a file cannot replace a folder', async () => {
  mkdirSync(join(root, 'one'));
  const staging = stage(root);
  await expect(staging.write('one', 'new')).rejects.toThrow(
    `cannot write ${join(root, 'one')}: it is a folder`,
  );
  staging.discard();
  expect(readdirSync(root)).toEqual(['one']);
});

it('a plain model replaces an older one', async () => {
  await save(root, 1, 2);
  await save(root, 3);
  expect([await valuesIn(root), readdirSync(root).sort()]).toEqual([[3], ['model.json', 'weights.bin']]);
});

it('a plain model that replaces an older one is complete after each step', async () => {
  await save(root, 1, 2);
  const staging = stage(root);
  await writePlain(staging, model(3, 4));
  expect(await valuesIn(root)).toEqual([1, 2]);
  // The first step moves model.json, the second fails, as if the process were killed there.
  rmSync(join(root, 'weights.bin'));
  mkdirSync(join(root, 'weights.bin'));
  expect(() => staging.commit()).toThrow(/EISDIR|ENOTDIR/);
  staging.discard();
  expect(await valuesIn(root)).toEqual([3, 4]);
});
