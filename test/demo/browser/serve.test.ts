import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const root = join(__dirname, '..', '..', '..');

function serve(...args: string[]) {
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  return spawnSync(tsx, [join(root, 'demo', 'browser', 'serve.ts'), ...args], {encoding: 'utf8', cwd: root});
}

describe('npm run demo:web', () => {
  it.each([
    [['--port', 'x'], /whole number from 0 to 65535/],
    [['--biuld'], /unknown option '--biuld'/],
    [['page'], /too many arguments/],
  ])(
    'rejects %j with exit code 1',
    (args, message) => {
      const {stderr, status} = serve(...args);
      expect(stderr).toMatch(message);
      expect(status).toBe(1);
    },
    60_000,
  );

  it('does not build over files of others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mine-'));
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const {stderr, status} = serve('--build', '--out', folder);
    expect(stderr).toMatch(/has other files in it/);
    expect(status).toBe(1);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  }, 60_000);
});
