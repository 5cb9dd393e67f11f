import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const root = join(__dirname, '..');
const {exports} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace('.', 'tfjs-pruning'));

describe('the packed package in an empty project', () => {
  const project = mkdtempSync(join(tmpdir(), 'bare-'));
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], {cwd, encoding: 'utf8'});
  const node = (format: 'module' | 'commonjs', script: string) =>
    execFileSync(process.execPath, [`--input-type=${format}`, '--eval', script], {
      cwd: project,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();

  beforeAll(() => {
    if (!existsSync(join(root, 'dist/index.js'))) {
      throw new Error('test/bareProject.test.ts: there is no built package in dist; run `npm run build`');
    }
    const [{filename}] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', project));
    writeFileSync(join(project, 'package.json'), '{"private": true, "type": "module"}');
    // Without a single request: the package has no dependencies, and its peers are those of this repository.
    npm(project, 'install', '--offline', '--legacy-peer-deps', `./${filename}`);
    symlinkSync(join(root, 'node_modules/@tensorflow'), join(project, 'node_modules/@tensorflow'));
  }, 120_000);

  afterAll(() => rmSync(project, {recursive: true}));

  it.each(entries)('has the same names of %s for import and for require, each alone', (entry) => {
    const names = 'console.log(JSON.stringify(Object.keys(entry).sort()))';
    const imported = node('module', `import * as entry from '${entry}'; ${names}`);
    expect(JSON.parse(imported).length).toBeGreaterThan(0);
    expect(node('commonjs', `const entry = require('${entry}'); ${names}`)).toBe(imported);
  });

  it('has no other paths', () => {
    const code = `import('tfjs-pruning/dist/index.js').catch(({code}) => console.log(code))`;
    expect(node('module', code)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('prunes, compacts, encodes and loads again by the names of several entries', () => {
    const program = `
      import * as tf from '@tensorflow/tfjs';
      import {channel, compact, compactReport, prune} from 'tfjs-pruning';
      import {prunableDense} from 'tfjs-pruning/layers';
      import {decodeArtifacts, encodeArtifacts, sparseFile} from 'tfjs-pruning/storage';
      const model = tf.sequential({layers: [
        prunableDense({units: 8, inputShape: [4], activation: 'relu'}),
        prunableDense({units: 2}),
      ]});
      await prune(model, 0.5, {pattern: channel()});
      const small = await compact(model);
      await small.save(sparseFile('small.tfsp'));
      const loaded = await tf.loadLayersModel(sparseFile('small.tfsp'));
      const x = tf.ones([1, 4]);
      const same = Math.abs(loaded.predict(x).dataSync()[0] - model.predict(x).dataSync()[0]) < 1e-6;
      console.log(JSON.stringify([same, compactReport(small).after.parameters, loaded.countParams()]));`;
    expect(JSON.parse(node('module', program).split('\n').at(-1) as string)).toEqual([true, 30, 30]);
  });

  it.each([
    ['node16', 'use.ts'],
    ['node16', 'use.cts'],
    ['bundler', 'use.ts'],
  ])('has types for TypeScript with module resolution %s in %s, by the entry of each name', (how, file) => {
    const lines = [
      `import {type Pruned, prune} from 'tfjs-pruning';`,
      `import {pruning} from 'tfjs-pruning/callbacks';`,
      `import {type Kind, makePrunable} from 'tfjs-pruning/layers';`,
      `import {type Csr, csr} from 'tfjs-pruning/matrix';`,
      `import {f1, type Metric} from 'tfjs-pruning/metrics';`,
      `import {inputNorm, type Statistic} from 'tfjs-pruning/statistics';`,
      `import {fromKeras3, sparseFile} from 'tfjs-pruning/storage';`,
      `import {enableTraining} from 'tfjs-pruning/wasm';`,
      '// @ts-expect-error It is in tfjs-pruning/matrix.',
      `import {csr as none} from 'tfjs-pruning';`,
      'export const metric: Metric = f1();',
      'export const statistic: Statistic = inputNorm;',
      'export const undo: () => void = enableTraining();',
      'export type All = [Pruned, Kind, Csr];',
      'export {prune, pruning, makePrunable, csr, fromKeras3, sparseFile, none};',
    ];
    writeFileSync(join(project, file), lines.join('\n'));
    const module = how === 'node16' ? 'node16' : 'esnext';
    const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--types', ''];
    const args = [tsc, '--ignoreConfig', ...options, '--module', module, '--moduleResolution', how, file];
    expect(spawnSync(process.execPath, args, {cwd: project, encoding: 'utf8'}).stdout).toBe('');
  });

  it('has the command line', () => {
    const bin = join(project, 'node_modules/.bin/tfjs-pruning');
    expect(spawnSync(bin, ['--help'], {encoding: 'utf8'})).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('convert <model>'),
    });
  });
});
