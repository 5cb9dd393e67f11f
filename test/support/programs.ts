import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {join} from 'node:path';

const root = join(__dirname, '..', '..');
const tsx = ['--import', 'tsx'];

/** Runs a program of this repository to its end, with a limit for the size of its files in blocks of 512 bytes. */
export function limited(blocks: number, argv: string[]): {status: number | null; stderr: string} {
  const command = `ulimit -f ${blocks}; exec "$0" "$@"`;
  return spawnSync('sh', ['-c', command, process.execPath, ...tsx, ...argv], {
    cwd: root,
    encoding: 'utf8',
    // The limit would also truncate the cache of tsx.
    env: {...process.env, TSX_DISABLE_CACHE: '1'},
  });
}

/** Starts a program of this repository. */
export function started(argv: string[]): ChildProcess {
  return spawn(process.execPath, [...tsx, ...argv], {cwd: root, stdio: ['ignore', 'pipe', 'pipe']});
}
