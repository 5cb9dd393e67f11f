import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {run} from '../bin/run';
import {folder} from '../demo/node/files';
import './support/cpu';
import {type Snippet, snippetsIn} from './support/examples';
import {mlp} from './support/models';

const root = join(__dirname, '..');
const pages = ['README.md', 'CONTRIBUTING.md', 'examples/README.md'].concat(
  readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
);
const snippets = pages.flatMap((page) => snippetsIn(page).map((snippet) => ({page, ...snippet})));

/** Languages of programs, each with the tests that run them; blocks of others are outputs, headers and formats. */
const tests: Record<string, string> = {
  ts: 'test/readme.test.ts',
  js: 'test/readme.test.ts',
  sh: 'test/snippets.test.ts',
  html: 'test/examples/apps.test.ts and test/hosts/docs.test.ts',
  py: 'test/scaling.test.ts',
  python: 'test/hosts/docs.test.ts',
};

describe('the snippets of README.md and docs', () => {
  it('are in languages whose snippets the tests run', () => {
    const others = new Set(snippets.map(({language}) => language).filter((language) => !(language in tests)));
    expect([...others].sort()).toEqual(['http', 'text']);
  });

  it('run, but for a few that give their reason', () => {
    const exceptions = snippets.filter(({notRun}) => notRun !== undefined);
    expect(exceptions.length).toBeLessThanOrEqual(5);
    for (const {notRun} of exceptions) expect(notRun).toMatch(/ /);
  });

  it('stand alone, but for one that names what it continues', () => {
    expect(snippets.filter(({continues}) => continues)).toHaveLength(1);
  });
});

const {scripts, devDependencies, name} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Commands of a shell, each with a check that it does what it says. */
const commands: [RegExp, (...words: string[]) => unknown][] = [
  [/^npm (?:ci|test)$/, () => expect(scripts.test).toBeDefined()],
  [/^npm run ([\w:]+)(?: -- .*)?$/, (script) => expect(scripts).toHaveProperty([script])],
  [
    /^npm install (.*)$/,
    (packages) => {
      const known = packages.split(' ').filter((one) => one !== name && !(one in devDependencies));
      expect(known).toEqual([]);
    },
  ],
  [/^node (\S+)$/, (path) => expect(existsSync(join(root, path))).toBe(true)],
  [/^(scripts\/\S+)$/, (path) => expect(existsSync(join(root, path))).toBe(true)],
  // With its options, which test/keras/distribute.test.ts runs.
  [
    /^\.venv-keras\/bin\/python (\S+) .* (--\w+) \d+$/,
    (path, option) => expect(readFileSync(join(root, path), 'utf8')).toContain(`'${option}'`),
  ],
  [/^export TF_CONFIG='(.*)'$/, (json) => expect(JSON.parse(json).cluster.worker).toHaveLength(2)],
  [/^(mkdir -p \S+)$/, inProject],
  [/^(cp .* (\S+))$/, (copy, target) => inProject(`mkdir -p ${target} && ${copy}`)],
  [/^npx tfjs-pruning (.*)$/, commandLine],
];

/** Runs a command in an empty project with the packages of this one. */
function inProject(command: string): void {
  const cwd = mkdtempSync(join(tmpdir(), 'project-'));
  symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'));
  execFileSync('sh', ['-c', command], {cwd});
}

/** Runs the command line in a folder with the files that the docs name. */
async function commandLine(text: string): Promise<void> {
  const [here, before] = [mkdtempSync(join(tmpdir(), 'commands-')), process.cwd()];
  for (const path of ['.', 'folder', 'keras3']) await mlp().save(folder(join(here, path)));
  process.chdir(here);
  try {
    expect(await run(text.split(' '))).toMatchObject({code: 0, error: ''});
  } finally {
    process.chdir(before);
  }
}

describe('a command in the docs does what it says', () => {
  const lines = ({code}: Snippet) =>
    code
      .split(/\n| && /)
      .map((line) => line.replace(/ +#.*/, '').trim())
      .filter((line) => line !== '');
  const all = new Set(
    snippets.filter(({language, notRun}) => language === 'sh' && notRun === undefined).flatMap(lines),
  );

  it.each([...all])('%s', async (line) => {
    const [pattern, check] = commands.find(([known]) => known.test(line)) ?? [];
    expect(pattern).toBeDefined();
    await check?.(...(pattern?.exec(line) ?? []).slice(1));
  });
});
