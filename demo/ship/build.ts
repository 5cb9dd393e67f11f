import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {buildSync} from 'esbuild';
import {filled, policy} from './fill';

/** The HTML of the page that imports a shipped network of digits as `digits.js`. */
export function page(module: string): string {
  const {html, script, style} = parts();
  return filled(html, {
    policy: policy(`'self' ${hash(script)}`, style),
    script,
    size: (gzipped(module) / 1000).toFixed(1),
  });
}

/** A page before its network is known. */
export interface Parts {
  /** To fill in by `filled`. */
  html: string;
  script: string;
  /** The hash of its style. */
  style: string;
}

/**
 * The page of a folder.
 *
 * @param folder With `index.html`, `page.ts` and `style.css`; the one of this file if not given.
 * @param network The module that its script imports, and that is not part of it.
 */
export function parts(folder = new URL('.', import.meta.url), network = './digits.js'): Parts {
  const path = (name: string) => fileURLToPath(new URL(name, folder));
  const built = (name: string) =>
    buildSync({
      entryPoints: [path(name)],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      external: [network],
      write: false,
    }).outputFiles[0].text.trim();
  const style = built('style.css');
  const html = readFileSync(path('index.html'), 'utf8')
    .replace("default-src 'none'", '{policy}')
    .replace('<link rel="stylesheet" href="style.css">', `<style>${style}</style>`)
    .replace('<script type="module" src="page.ts">', '<script type="module">{script}');
  return {html, script: built('page.ts'), style: hash(style)};
}

/** The bytes of a text after gzip. */
export const gzipped = (text: string) => gzipSync(text, {level: 9}).length;

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
