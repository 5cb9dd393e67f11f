import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename} from 'node:path';
import {gzipSync} from 'node:zlib';
import type {Plugin} from 'vite';

const QUERY = '?gzipped';

/**
 * Imports of `package/file?gzipped`: the address of the gzipped file. Its name ends in `.bin`, as servers decode files that
 * end in `.gz`.
 */
export function gzipped(): Plugin {
  const {resolve} = createRequire(import.meta.url);
  return {
    name: 'gzipped',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith(QUERY) ? `\0${resolve(id.slice(0, -QUERY.length))}${QUERY}` : undefined),
    load(id) {
      if (!id.startsWith('\0') || !id.endsWith(QUERY)) return undefined;
      const file = id.slice(1, -QUERY.length);
      const source = gzipSync(readFileSync(file), {level: 9});
      const reference = this.emitFile({type: 'asset', name: `${basename(file, '.wasm')}.bin`, source});
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
  };
}
