import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');

/** A hash of the sources of the kernels, which the compiled ones carry, so that a test finds kernels of older sources. */
export function sourcesHash(): string {
  const folder = 'src/wasm/assembly';
  const sources = readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'})
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
  const hash = createHash('sha256');
  for (const path of [...sources, 'src/runtime/Op.ts'].sort()) hash.update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 16);
}
