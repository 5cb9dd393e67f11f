import {execFileSync} from 'node:child_process';
import {join} from 'node:path';

/** The line of the reporter, loaded as jest loads it. */
function lineOf(names: string[]): string {
  const module = JSON.stringify(join(__dirname, '../../scripts/skipped.js'));
  const script = `import {lineOf} from ${module}; process.stdout.write(lineOf(${JSON.stringify(names)}));`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script]).toString();
}

it('skipped tests are listed in one line, by reason', () => {
  const line = lineOf([
    'on webgpu (without Chromium; install it)',
    'a threaded page (without Chromium; install it)',
    ...['one', 'two', 'three', 'four'].map((name) => `${name} (without tfjs-node; a script installs it)`),
    'something else (or not)',
  ]);
  expect(line).toBe(
    'Skipped: on webgpu, a threaded page, without Chromium; install it | ' +
      '4 tests, without tfjs-node; a script installs it | something else (or not)',
  );
});
