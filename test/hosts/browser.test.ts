import {execFileSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {extname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {build} from 'esbuild';
import type {Browser} from 'playwright-core';
import {ship} from 'tfjs-pruning';
import {moduleText} from '../../src/ship/text';
import {serve} from '../browser/serve';
import '../support/cpu';
import {launch, withoutChromium} from '../support/chromium';
import {describeWith} from '../support/describeWith';
import {expectRight, type Predictions, type Project, project} from './project';

const root = join(__dirname, '../..');
const bin = (path: string) => join(root, 'node_modules', path);

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
};

/** The strictest policy that WASM, workers and files of the page allow. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

let made: Project;
let browser: Browser;

/** The result of a call on the page in a folder of the project. */
async function outcome(folder: string, call = 'run()', csp = policy): Promise<Predictions> {
  const server = await serve((path) => {
    const name = path === '/' ? '/index.html' : path;
    const file = [join(made.folder, folder, name), join(made.folder, name)].find(existsSync);
    const headers = {'Content-Security-Policy': csp};
    if (file !== undefined)
      return [types[extname(file)] ?? 'application/octet-stream', readFileSync(file), headers];
  });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({message}) => errors.push(message));
  try {
    await page.goto(server.url);
    return await page.evaluate(call);
  } catch (cause) {
    throw new Error([...errors, (cause as Error).message].join('\n'), {cause});
  } finally {
    await page.close();
    await server.close();
  }
}

/** Builds the page for production into a folder of the project. */
const bundlers: Record<string, (folder: string) => unknown> = {
  Vite: (folder) => run(bin('vite/bin/vite.js'), 'build', '--outDir', folder, '--logLevel', 'error'),
  webpack: (folder) => {
    const options = `{mode: 'production', entry: './page.js', output: {path: require('path').resolve('${folder}')}}`;
    const report = '(error, stats) => { if (error || stats.hasErrors()) throw error ?? stats.toString(); }';
    run('--eval', `require('${bin('webpack')}')(${options}, ${report})`, '--input-type=commonjs');
    writeFileSync(join(made.folder, folder, 'index.html'), '<!doctype html><script src="main.js"></script>');
  },
  esbuild: async (folder) => {
    await build({
      entryPoints: ['page.js', 'worker.js'],
      absWorkingDir: made.folder,
      bundle: true,
      minify: true,
      format: 'esm',
      outdir: folder,
      logLevel: 'error',
    });
    writeFileSync(join(made.folder, folder, 'index.html'), readFileSync(join(made.folder, 'index.html')));
  },
};

const run = (...args: string[]) => execFileSync(process.execPath, args, {cwd: made.folder, stdio: 'pipe'});

/** Puts the page into a folder without bundling it, with a file of the package in place of its name. */
function plain(folder: string, file: string, importing: string, tags = '') {
  const [from, to] = [made.folder, join(made.folder, folder)];
  mkdirSync(to);
  for (const name of ['page.js', 'worker.js', 'network.js']) copyFileSync(join(from, name), join(to, name));
  copyFileSync(join(root, 'dist', file), join(to, file));
  const predict = readFileSync(join(from, 'predict.js'), 'utf8');
  writeFileSync(join(to, 'predict.js'), predict.replace(/^import .*runtime';$/m, importing));
  writeFileSync(
    join(to, 'index.html'),
    `<!doctype html>${tags}<script type="module" src="page.js"></script>`,
  );
}

describeWith(withoutChromium(), 'the runtime in Chromium', () => {
  beforeAll(async () => {
    made = await project();
    browser = await launch('none');
  });
  afterAll(async () => {
    await browser?.close();
    made?.remove();
  });

  it.each(Object.entries(bundlers))(
    'predicts as tfjs does, on a page that %s built and in its worker',
    async (name, make) => {
      await make(name);
      expectRight(await outcome(name), made.right);
    },
  );

  it('predicts as tfjs does, by modules without a bundler', async () => {
    plain('modules', 'runtime.min.js', `import {load} from './runtime.min.js';`);
    expectRight(await outcome('modules'), made.right);
  });

  it('predicts as tfjs does, from a script tag that defines the global tfPruning', async () => {
    const tag = '<script src="runtime.umd.min.js"></script>';
    plain('script', 'runtime.umd.min.js', 'const {load} = tfPruning;', tag);
    // Scripts of a page are not those of its workers.
    expectRight(await outcome('script', 'run(false)'), made.right);
  });

  it('predicts by a module of more than the 8 MB that Chromium compiles synchronously on a page', async () => {
    const folder = join(made.folder, 'large');
    mkdirSync(folder);
    const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
    const small = await ship(model, {format: 'wasm'});
    const right = tf.tidy(() => [...(model.predict(tf.ones([1, 3])) as tf.Tensor).dataSync<'float32'>()]);
    model.dispose();
    const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(small), 'tfjs-pruning');
    const plan = JSON.parse(new TextDecoder().decode(section));
    // A custom section without a name, of 2 ** 23 bytes.
    const more = Uint8Array.from([0, 0x80, 0x80, 0x80, 4]);
    const wasm = new Uint8Array(small.length + more.length + 2 ** 23);
    wasm.set(small);
    wasm.set(more, small.length);
    const text = moduleText({wasm, compressed: 2 ** 23}, plan);
    writeFileSync(join(folder, 'large.js'), text);
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    const call = `import('/large.js').then(({predict}) => [...predict([1, 1, 1])])`;
    const found: unknown = await outcome('large', call);
    expect(found).toEqual(right.map((value) => expect.closeTo(value, 5)));
  });

  it('requires the directive wasm-unsafe-eval of a strict policy, and names the policy otherwise', async () => {
    const stricter = policy.replace(" 'wasm-unsafe-eval'", '');
    await expect(outcome('esbuild', 'run()', stricter)).rejects.toThrow(/Content Security Policy/);
  });
});
