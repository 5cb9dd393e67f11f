import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {join} from 'node:path';

const root = join(__dirname, '..', '..');
const tsx = ['--import', 'tsx'];

/** Runs a program of this repository to its end; no file that it writes can be longer than so many blocks of 512 bytes. */
export function limited(blocks: number, argv: string[]): {status: number | null; stderr: string} {
  const command = `ulimit -f ${blocks}; exec "$0" "$@"`;
  return spawnSync('sh', ['-c', command, process.execPath, ...tsx, ...argv], {
    cwd: root,
    encoding: 'utf8',
    // What tsx keeps of compiled files would be cut off.
    env: {...process.env, TSX_DISABLE_CACHE: '1'},
  });
}

/** Starts a program of this repository. */
export function started(argv: string[]): ChildProcess {
  return spawn(process.execPath, [...tsx, ...argv], {cwd: root, stdio: ['ignore', 'pipe', 'pipe']});
}
