import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {itOnNode} from '../support/tfjsNode';

const script = join(__dirname, '..', '..', 'scripts', 'tfjs-node.sh');

/** Runs the script on an empty project, on a machine with only some tools, or with stubs. */
function runWith(tools: string[], stubs: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bare-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  for (const [tool, body] of Object.entries(stubs)) {
    writeFileSync(join(bin, tool), `#!/usr/bin/env bash\n${body}\n`, {mode: 0o755});
  }
  // After the stubs, because a stub of the same name would be written through the link into the tool.
  for (const tool of ['bash', 'dirname', 'uname', 'mktemp', 'rm', 'tail', ...tools]) {
    if (tool in stubs) continue;
    symlinkSync(execFileSync('which', [tool], {encoding: 'utf8'}).trim(), join(bin, tool));
  }
  return spawnSync(script, [folder], {encoding: 'utf8', env: {...process.env, PATH: bin}});
}

const built = {npm: 'if [ "$1" = exec ]; then echo "$0"; fi', make: '', 'g++': ''};

describe('scripts/tfjs-node.sh', () => {
  itOnNode('does nothing if the addon is installed and works', () => {
    const {stdout, stderr, status} = spawnSync(script, {encoding: 'utf8'});
    expect({stderr, status}).toEqual({stderr: '', status: 0});
    expect(stdout).toMatch(/^tfjs-node 4\.\d+\.\d+ works, on libtensorflow 2\.\d+\.\d+\n$/);
  });

  it.each([
    [
      'the compiler is missing',
      {},
      ['node', 'npm', 'make'],
      /g\+\+ is missing; on Debian: apt-get install g\+\+/,
    ],
    ['there is no Python', built, ['node'], /python3 is missing; on Debian: apt-get install .*python3/],
    [
      'pip is missing',
      {...built, python3: 'exit 1'},
      ['node'],
      /python3 has no pip; .*apt-get install python3-pip/,
    ],
    [
      'the architecture has no wheel',
      {...built, python3: '[ "$3" = --version ] || { echo "No matching distribution"; exit 1; }'},
      ['node'],
      /No matching distribution\nscripts\/tfjs-node\.sh: this command failed: python3 -m pip download/,
    ],
    [
      'the machine is not x86_64',
      {...built, uname: '[ "$1" = -m ] && echo riscv64 || echo Linux'},
      ['node'],
      /riscv64/,
    ],
    [
      'the system is not Linux',
      {...built, uname: 'echo Darwin'},
      ['node'],
      /requires Linux; on other systems use `npm install/,
    ],
  ] as const)('scripts/tfjs-node.sh names the remedy if %s', (_, stubs, tools, message) => {
    const {stderr, status} = runWith([...tools], stubs);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });

  it('scripts/tfjs-node.sh rejects a folder without package.json', () => {
    const {stderr, status} = spawnSync(script, [mkdtempSync(join(tmpdir(), 'empty-'))], {encoding: 'utf8'});
    expect(stderr).toMatch(/has no package\.json; pass the folder of a project/);
    expect(status).toBe(1);
  });
});
