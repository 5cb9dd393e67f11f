import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Plugin} from 'vite';

/** The file of licences beside the page. */
export const LICENCES = 'licences.txt';

/** The packages in the page. */
const packages = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-backend-webgpu',
  'long',
  'seedrandom',
  'uplot',
];

/** Writes the licences into one file beside the page; in the code, one per file of tfjs, they would be half of it. */
export function licences(root: string): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      this.emitFile({type: 'asset', fileName: LICENCES, source: text(root)});
    },
  };
}

function text(root: string): string {
  // Packages with the same licence share its text.
  const byText = new Map<string, string[]>();
  for (const name of packages) {
    const folder = join(root, 'node_modules', name);
    const {version, license, author} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((found) => /^licen[cs]e/i.test(found));
    // The packages of tfjs name the licence, which is also ours, without its text.
    const ours = license.startsWith('Apache-2.0') ? join(root, 'LICENSE') : undefined;
    const path = file === undefined ? ours : join(folder, file);
    const found = path === undefined ? `${license}, ${author?.name ?? author}` : readFileSync(path, 'utf8');
    byText.set(found, [...(byText.get(found) ?? []), `${name} ${version} (${license})`]);
  }
  return [...byText].map(([found, names]) => `${names.join('\n')}\n\n${found.trim()}\n`).join('\n\n\n');
}
