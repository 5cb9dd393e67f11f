import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {sourcesHash} from '../../scripts/sourcesHash';

it.each(['src/wasm/binary.ts', 'src/wasm/sparse/binary.ts', 'src/runtime/binary.ts', 'src/ship/binary.ts'])(
  '%s is compiled from the sources of the checkout; if it is not, run `npm run assembly`',
  (path) => {
    const [, hash] = /of the hash (\w+)/.exec(readFileSync(join(__dirname, '../..', path), 'utf8')) ?? [];
    expect(hash).toBe(sourcesHash());
  },
);
