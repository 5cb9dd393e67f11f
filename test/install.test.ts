import {spawnSync} from 'node:child_process';
import {copyFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

describe('npm ci', () => {
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  afterAll(() => rmSync(folder, {recursive: true}));

  it('installs no package that requires another Node', () => {
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(__dirname, '..', file), join(folder, file));
    }
    // Without requests, as the lock file lists engines.
    const args = ['ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    const {stdout, stderr, status} = spawnSync('npm', args, {cwd: folder, encoding: 'utf8'});
    expect(stderr).not.toContain('EBADENGINE');
    expect({status, stdout}).toMatchObject({status: 0, stdout: expect.stringContaining('added')});
  });
});
