import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {buildSync, transformSync} from 'esbuild';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string) => readFileSync(path(name), 'utf8');

/** The HTML of the page that imports a shipped network of digits as `digits.js`. */
export function page(module: string): string {
  const {outputFiles} = buildSync({
    entryPoints: [path('page.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['./digits.js'],
    write: false,
  });
  const script = outputFiles[0].text.trim();
  const style = transformSync(read('style.css'), {loader: 'css', minify: true}).code.trim();
  const parts = {
    "default-src 'none'": policy(script, style),
    '<link rel="stylesheet" href="style.css">': `<style>${style}</style>`,
    '<script type="module" src="page.ts">': `<script type="module">${script}`,
    '{size}': (gzipped(module) / 1000).toFixed(1),
  };
  return Object.entries(parts).reduce((html, [from, to]) => html.replace(from, () => to), read('index.html'));
}

/** The bytes of a text after gzip. */
export const gzipped = (text: string) => gzipSync(text, {level: 9}).length;

/**
 * A policy that allows nothing but the inline code of the page, modules beside it, and WASM, for which it needs
 * `wasm-unsafe-eval`.
 */
function policy(script: string, style: string): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${hash(script)}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
