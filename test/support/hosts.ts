import {existsSync} from 'node:fs';
import {join} from 'node:path';

/** The folder that scripts/hosts.sh fills. */
const folder = join(__dirname, '..', '..', '.hosts');

/** Why tests in one of its hosts cannot run; undefined if they can. */
export const withoutHosts = (name: string): string | undefined =>
  existsSync(join(folder, 'made')) ? undefined : `${name}; scripts/hosts.sh installs it`;

export const deno = join(folder, 'node_modules', '.bin', 'deno');
export const bun = join(folder, 'node_modules', '.bin', 'bun');

/** A Python that has wasmtime. */
export const python = join(folder, 'python', 'bin', 'python');
