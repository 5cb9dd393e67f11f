import {execFileSync, spawnSync} from 'node:child_process';

import '../support/cpu';
import {describeWith} from '../support/describeWith';
import {expectRight, type Project, project} from './project';

/** The command of a host, and the reason why it cannot run. */
interface Host {
  readonly name: string;
  readonly command: readonly string[];
  readonly missing?: string;
}

const hosts: Host[] = [
  {name: 'Node', command: [process.execPath]},
  optional('Deno', 'deno', 'run', '--allow-read'),
  optional('Bun', 'bun'),
];

/** A host that is found in the path, or in the environment by its name in capitals. */
function optional(name: string, program: string, ...args: string[]): Host {
  const path = process.env[name.toUpperCase()] ?? program;
  const isFound = spawnSync(path, ['--version']).status === 0;
  const missing = `${name}; \`npm install --global ${program}\`, or give its path as ${name.toUpperCase()}`;
  return {name, command: [path, ...args], missing: isFound ? undefined : missing};
}

let made: Project;
beforeAll(async () => {
  made = await project();
});
afterAll(() => made.remove());

for (const {
  name,
  command: [program, ...args],
  missing,
} of hosts) {
  describeWith(missing, `the runtime in ${name}`, () => {
    it('predicts as tfjs does, in the main thread and in a worker', () => {
      const printed = execFileSync(program, [...args, 'main.js'], {cwd: made.folder, encoding: 'utf8'});
      expectRight(JSON.parse(printed), made.right);
    });
  });
}
