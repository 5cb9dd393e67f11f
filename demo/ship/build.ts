import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {buildSync, transformSync} from 'esbuild';
import {filled, policy} from './fill';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string) => readFileSync(path(name), 'utf8');

/** The HTML of the page that imports a shipped network of digits as `digits.js`. */
export function page(module: string): string {
  const {html, script, style} = parts();
  return filled(html, {
    policy: policy(`'self' ${hash(script)}`, style),
    script,
    size: (gzipped(module) / 1000).toFixed(1),
  });
}

/** The page before its network is known: HTML to fill in by `filled`, its script, and the hash of its style. */
export function parts(): {html: string; script: string; style: string} {
  const {outputFiles} = buildSync({
    entryPoints: [path('page.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['./digits.js'],
    write: false,
  });
  const style = transformSync(read('style.css'), {loader: 'css', minify: true}).code.trim();
  const html = read('index.html')
    .replace("default-src 'none'", '{policy}')
    .replace('<link rel="stylesheet" href="style.css">', `<style>${style}</style>`)
    .replace('<script type="module" src="page.ts">', '<script type="module">{script}');
  return {html, script: outputFiles[0].text.trim(), style: hash(style)};
}

/** The bytes of a text after gzip. */
export const gzipped = (text: string) => gzipSync(text, {level: 9}).length;

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
