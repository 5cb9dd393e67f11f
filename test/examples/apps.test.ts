import {execFileSync} from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {extname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Browser, Page} from 'playwright-core';
import {serve} from '../browser/serve';
import {launch, withoutChromium} from '../support/chromium';
import {describeWith} from '../support/describeWith';
import {snippetsIn} from '../support/examples';

const root = join(__dirname, '../..');
const modules = join(root, 'node_modules');
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

let browser: Browser;
const folders: string[] = [];

/** A copy of an app in a folder of its own, with its packages. */
function copyOf(app: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${app}-`));
  folders.push(folder);
  cpSync(join(root, 'examples/apps', app), folder, {recursive: true});
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(modules, '@tensorflow'), join(folder, 'node_modules/@tensorflow'));
  symlinkSync(root, join(folder, 'node_modules/tfjs-pruning'));
  return folder;
}

const node = (cwd: string, ...args: string[]) =>
  execFileSync(process.execPath, args, {cwd, encoding: 'utf8', stdio: 'pipe'});

/** The text of a page in a folder when its program has ended. */
async function textOf(
  folder: string,
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<string> {
  const server = await serve((path) => {
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (existsSync(file)) return [types[extname(file)] ?? 'text/plain', readFileSync(file)];
  });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({message}) => errors.push(message));
  try {
    await prepare(page);
    await page.goto(server.url);
    await page.locator('pre', {hasText: 'total'}).waitFor();
    return await page.locator('pre').innerText();
  } catch (cause) {
    throw new Error([...errors, (cause as Error).message].join('\n'), {cause});
  } finally {
    await page.close();
    await server.close();
  }
}

/** A file of a package, or the one that its package.json names for such networks. */
function fileOf(path: string): string {
  const about = join(modules, path, 'package.json');
  if (!existsSync(about)) return join(modules, path);
  return join(modules, path, JSON.parse(readFileSync(about, 'utf8')).jsdelivr);
}

/** Serves the files of packages in place of the network that distributes them. */
async function routePackages(page: Page): Promise<void> {
  const at = 'https://cdn.jsdelivr.net/npm/';
  await page.route(`${at}**`, (route) => {
    const path = route.request().url().slice(at.length).replace('@4.22.0', '');
    const file = path === 'tfjs-pruning' ? join(root, 'dist/tfjs-pruning.umd.min.js') : fileOf(path);
    const headers = {'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin'};
    return route.fulfill({body: readFileSync(file), contentType: types[extname(file)], headers});
  });
}

describeWith(withoutChromium(), 'an app in Chromium', () => {
  beforeAll(async () => {
    browser = await launch('none');
  });
  afterAll(async () => {
    await browser?.close();
    for (const folder of folders) rmSync(folder, {recursive: true});
  });

  const right = /^wasm\n.*total +1,600 +160 +90\.00 %/s;

  it('that Vite builds trains, prunes and sparsifies on WASM', async () => {
    const folder = copyOf('vite');
    node(folder, join(modules, 'vite/bin/vite.js'), 'build', '--logLevel', 'error');
    expect(await textOf(join(folder, 'dist'))).toMatch(right);
  });

  it('that webpack builds trains, prunes and sparsifies on WASM', async () => {
    const folder = copyOf('webpack');
    // Vite minifies the same modules, which here would take most of the time of this test.
    const run = `webpack({...options, optimization: {minimize: false}}, (error, stats) => {
      console.log(error?.message ?? stats.toString('errors-only'));
    })`;
    const webpack = JSON.stringify(pathToFileURL(join(modules, 'webpack/lib/index.js')).href);
    const build = `import webpack from ${webpack}; import options from './webpack.config.js'; ${run};`;
    expect(node(folder, '--input-type=module', '--eval', build).trim()).toBe('');
    expect(await textOf(folder)).toMatch(right);
  });

  it('of script tags trains, prunes and sparsifies on WASM', async () => {
    expect(await textOf(copyOf('html'), routePackages)).toMatch(right);
  });

  it('of the script tags of README.md has the global tfPruning', async () => {
    const [{code}] = snippetsIn('README.md').filter(({language}) => language === 'html');
    const folder = mkdtempSync(join(tmpdir(), 'tags-'));
    folders.push(folder);
    const program = `const model = tf.sequential({layers: [tfPruning.prunableDense({units: 2, inputShape: [3]})]});
      document.querySelector('pre').textContent = String(tfPruning.report(model));`;
    writeFileSync(join(folder, 'index.html'), `<!doctype html><pre></pre>${code}<script>${program}</script>`);
    expect(await textOf(folder, routePackages)).toMatch(/total +6 +6 +0\.00 %/);
  });
});
