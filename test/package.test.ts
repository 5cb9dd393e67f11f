import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

const root = join(__dirname, '..');
const {exports} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace('.', 'tfjs-pruning'));

/** Those that register layers, also where none of their names is used. */
const registering = ['tfjs-pruning/layers', 'tfjs-pruning/graph'];

interface Loaded {
  /** The exported names of each entry, sorted. */
  names: string[][];
  /** The loadable classes after loading the entries that extend Dense of @tensorflow/tfjs. */
  denseClasses: string[];
}

/** Runs a script in a separate Node that finds the built package by name; returns its output. */
function run(format: 'module' | 'commonjs', script: string): string {
  const args = [`--input-type=${format}`, '--eval', script];
  return execFileSync(process.execPath, args, {cwd: root, encoding: 'utf8', stdio: 'pipe'});
}

/** A program that loads each entry by an expression, with all of tfjs as `tf`. */
function load(format: 'module' | 'commonjs', prepare: string, expressions: string[]): Loaded {
  const script = `
    ${prepare}
    const map = tf.serialization.SerializationMap.getMap().classNameMap;
    const before = Object.keys(map);
    (async () => {
      const names = [];
      for (const load of [${expressions.map((expression) => `() => ${expression}`)}]) {
        names.push(Object.keys(await load()).sort());
      }
      const Dense = tf.layers.dense({units: 1}).constructor;
      const added = Object.keys(map).filter((name) => !before.includes(name));
      const denseClasses = added.filter((name) => map[name][0].prototype instanceof Dense);
      console.log(JSON.stringify({names, denseClasses}));
    })();`;
  return JSON.parse(run(format, script));
}

/** The bundle of a program that imports an entry and uses none of its names, without tfjs. */
function bundle(entry: string): string {
  return bundled(`import '${entry}'`)
    .replace(/^(\/\/.*|import "@tensorflow\/.*)$/gm, '')
    .trim();
}

/** The initial part of a bundle, without the parts that it loads on use. */
function bundled(contents: string): string {
  const stdin = JSON.stringify({contents, resolveDir: root});
  const how = `bundle: true, format: 'esm', splitting: true, outdir: 'out', external: ['@tensorflow/*'], write: false`;
  return run(
    'commonjs',
    `const {outputFiles} = require('esbuild').buildSync({stdin: ${stdin}, ${how}});
    const loaded = (path) => {
      const {text} = outputFiles.find((file) => file.path === path);
      const imports = [...text.matchAll(/^import .*?"\\.\\/([^"]*)";$/gms)];
      return text + imports.map(([, name]) => loaded(require('node:path').resolve('out', name))).join('');
    };
    console.log(loaded(require('node:path').resolve('out', 'stdin.js')));`,
  );
}

/** The contents of a file of the package and of all files that it loads, before any function is called. */
function loadedWith(file: string): string[] {
  const found = new Map<string, string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    const text = readFileSync(path, 'utf8');
    found.set(path, text);
    for (const [, target] of text.matchAll(/^(?:import|export|var) .*'(\..*)'/gm)) {
      visit(join(dirname(path), target));
    }
  };
  visit(join(root, 'dist', file));
  return [...found.values()];
}

describe('the built package', () => {
  let imported: Loaded;
  let required: Loaded;
  let inPage: Loaded;

  beforeAll(() => {
    const umd = 'dist/tfjs-pruning.umd.min.js';
    if (!existsSync(join(root, umd))) {
      throw new Error('test/package.test.ts: there is no built package in dist; run `npm run build`');
    }
    imported = load(
      'module',
      `import * as tf from '@tensorflow/tfjs';`,
      entries.map((entry) => `import('${entry}')`),
    );
    required = load(
      'commonjs',
      `const tf = require('@tensorflow/tfjs');`,
      entries.map((entry) => `require('${entry}')`),
    );
    const readUmd = `require('node:fs').readFileSync('${umd}', 'utf8')`;
    inPage = load('commonjs', `const tf = require('@tensorflow/tfjs'); const page = {tf};`, [
      `(require('node:vm').runInNewContext(${readUmd}, page), page.tfPruning)`,
    ]);
  }, 60_000);

  it('exports the same names to import and require', () => {
    expect(imported.names.every((names) => names.length > 0)).toBe(true);
    expect(required.names).toEqual(imported.names);
  });

  it('exports the names of all entries as the global tfPruning', () => {
    // sparseFile is in tfjs-pruning and in tfjs-pruning/storage.
    expect(inPage.names).toEqual([[...new Set(imported.names.flat())].sort()]);
  });

  it("registers layer classes that extend tfjs's own, in each format", () => {
    expect(imported.denseClasses).toContain('PrunableDense');
    expect(required.denseClasses).toEqual(imported.denseClasses);
    expect(inPage.denseClasses).toEqual(imported.denseClasses);
  });

  it('declares types that are valid without skipLibCheck', () => {
    const types = readdirSync(join(root, 'dist')).filter((name) => /\.d\.c?ts$/.test(name));
    const tsc = ['node_modules/@typescript/native/bin/tsc', '--ignoreConfig', '--noEmit', '--strict'];
    const options = ['--target', 'es2022', '--module', 'node16', '--types', '', '--skipLibCheck', 'false'];
    const args = [...tsc, ...options, ...types.map((name) => `dist/${name}`)];
    const {stdout} = spawnSync(process.execPath, args, {cwd: root, encoding: 'utf8'});
    const ours = stdout.split('\n').filter((line) => /^(dist|error)/.test(line));
    expect(types.length).toBeGreaterThanOrEqual(2 * entries.length);
    expect(ours).toEqual([]);
  });

  it('contains code, types, and the files that npm shows, and nothing else', () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const [{files}] = JSON.parse(execFileSync('npm', args, {cwd: root, encoding: 'utf8', stdio: 'pipe'}));
    const paths = files.map(({path}: {path: string}) => path);
    const others = paths.filter((path: string) => !/^dist\/.*\.(js|cjs|d\.ts|d\.cts)$/.test(path));
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  });

  it('has a command line that uses the public names of the library', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ['dist/cli.js', ...args], {cwd: root, encoding: 'utf8'});
    expect(run('--help')).toMatchObject({status: 0, stdout: expect.stringContaining('Exit codes')});
    expect(run('report', 'test/storage/keras3/functional/model.json')).toMatchObject({status: 0, stderr: ''});
    expect(run('shrink')).toMatchObject({status: 2, stdout: ''});
    expect(run('report', 'none')).toMatchObject({status: 1, stdout: ''});
    expect(readFileSync(join(root, 'dist/cli.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it.each([
    ['module', `import * as tf from '@tensorflow/tfjs'; import {sparsify} from 'tfjs-pruning';`],
    ['commonjs', `const tf = require('@tensorflow/tfjs'); const {sparsify} = require('tfjs-pruning');`],
  ] as const)('loads the sparse kernels of a %s only when sparsify() is called', (format, prepare) => {
    const script = `${prepare}
      const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
      sparsify(model).then((fast) => console.log(JSON.stringify(fast.outputs[0].shape)));`;
    expect(run(format, script).trim().split('\n').at(-1)).toBe('[null,2]');
    const loaded = loadedWith(format === 'module' ? 'index.js' : 'index.cjs');
    expect(loaded.some((text) => text.includes('function sparsify('))).toBe(true);
    expect(loaded.some((text) => text.includes('class SparseRun'))).toBe(false);
  });

  it.each(['tfjs-pruning', 'tfjs-pruning/storage'])(
    'bundles only the reading code for a page that loads models with sparseFile of %s',
    (entry) => {
      const code = bundled(`export {sparseFile} from '${entry}'`);
      expect(code).toContain('DecompressionStream');
      expect(code).not.toMatch(
        /\bCompressionStream|keepTop|prunableWeights|kernels|from "@tensorflow\/tfjs-layers/,
      );
    },
  );

  it.each(registering)('keeps the registration of the classes in a bundle of `import "%s"`', (entry) => {
    expect(bundle(entry)).toContain('registerClass');
  });

  it('bundles only the layers for a page that loads converted graph models', () => {
    const code = bundle('tfjs-pruning/graph');
    expect(code).toContain('PadOp');
    expect(code).not.toMatch(/StridedSlice|Conv2DBackpropInput/);
  });

  it.each(entries.filter((entry) => !registering.includes(entry)))(
    'leaves nothing in a bundle of an unused `import "%s"`',
    (entry) => {
      expect(bundle(entry)).toBe('');
    },
  );
});
