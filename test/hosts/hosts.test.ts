import {execFileSync} from 'node:child_process';

import '../support/cpu';
import {describeWith} from '../support/describeWith';
import {bun, deno, withoutHosts} from '../support/hosts';
import {expectRight, type Project, project} from './project';

/** The command of a host, and the reason why it cannot run. */
interface Host {
  readonly name: string;
  readonly command: readonly string[];
  readonly missing?: string;
}

const hosts: Host[] = [
  {name: 'Node', command: [process.execPath]},
  {name: 'Deno', command: [deno, 'run', '--allow-read'], missing: withoutHosts('Deno')},
  {name: 'Bun', command: [bun], missing: withoutHosts('Bun')},
];

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
