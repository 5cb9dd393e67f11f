import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';
import './support/cpu';
import {programsIn, run, type Snippet, snippetsIn} from './support/examples';
import {snippetValues} from './support/snippetValues';

const root = join(__dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Tests of pages whose programs need other models and data. The programs of all other pages run here, each on its own. */
const own: Record<string, string> = {
  'docs/api.md': 'test/api.test.ts',
  'docs/custom-layers.md': 'test/layers/customLayers.test.ts',
  'docs/recipes.md': 'test/recipes.test.ts',
  'docs/scaling.md': 'test/scaling.test.ts',
  'docs/ship.md': 'test/hosts/docs.test.ts',
  'docs/targets.md': 'test/targets.test.ts',
};
const runHere = pages.filter((page) => !(page in own) && programsIn(page).length > 0);

/** The names of the values in scope, which the pages announce: a model without masks, one with masks, and data. */
const given: readonly string[] = ['dense', 'model', 'x', 'y', 'validationData'];

/** Further names that the text of a page announces. */
const announced: Record<string, readonly string[]> = {'docs/targets.md': ['ship']};

/** Runs a program that asks for its own URL as a module of Node. */
function runModule(code: string): void {
  execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module'], {
    input: code,
    cwd: root,
    stdio: 'pipe',
  });
}

/** A text with generated names counted from 1, and single spaces. */
function normalized(text: string): string {
  const numbers = new Map<string, number>();
  return text
    .replace(/\b(\w+_[A-Z]\w*?)\d+/g, (name, stem) => {
      if (!numbers.has(name))
        numbers.set(name, 1 + [...numbers.keys()].filter((key) => key.startsWith(stem)).length);
      return `${stem}${numbers.get(name)}`;
    })
    .replace(/─+/g, '─')
    .replace(/ +/g, ' ')
    .trim();
}

/** Free names of a program: those that it uses and neither declares nor imports. */
function freeNames(code: string): string[] {
  const file = 'snippet.ts';
  const source = ts.createSourceFile(file, `${code}\nexport {};`, ts.ScriptTarget.ES2022, true);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost({}),
    getSourceFile: (name) => (name === file ? source : undefined),
    fileExists: (name) => name === file,
  };
  const program = ts.createProgram(
    [file],
    {noLib: true, noResolve: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022},
    host,
  );
  // "Cannot find name", also with a suggestion.
  const codes = [2304, 2552, 2580, 2584, 2663];
  return program
    .getSemanticDiagnostics(source)
    .filter((one) => codes.includes(one.code))
    .map(({messageText}) => /'(.*?)'/.exec(ts.flattenDiagnosticMessageText(messageText, ''))?.[1] as string);
}

describe.each(runHere)('%s', (page) => {
  it.each(
    programsIn(page).map(
      (snippet) => [`${snippet.heading}, line ${snippet.line}`, snippet] as [string, Snippet],
    ),
  )('has a snippet that runs alone, and prints the output below it: %s', async (_, {code, output}) => {
    if (code.includes('import.meta')) {
      runModule(code);
      return;
    }
    require('@tensorflow/tfjs-backend-wasm');
    const log = jest.spyOn(console, 'log').mockImplementation();
    const {disable} = await run(code, await snippetValues(), /\bdisable\b/.test(code) ? ['disable'] : []);
    (disable as undefined | (() => void))?.();
    const printed = log.mock.calls.join('\n');
    log.mockRestore();
    if (output !== undefined) expect(normalized(printed)).toBe(normalized(output));
  });
});

describe('README.md', () => {
  it('has the program examples/quick-start.mjs as its first snippet, in at most 15 lines', () => {
    const [{code}] = snippetsIn('README.md').filter(({language}) => language === 'ts');
    expect(code).toBe(read('examples/quick-start.mjs'));
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
  });

  it('has at most 130 lines, and links all guides', () => {
    const text = read('README.md');
    expect(text.split('\n').length).toBeLessThanOrEqual(130);
    expect(pages.filter((page) => page !== 'README.md' && !text.includes(`(${page}`))).toEqual([]);
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');

  it('has snippets that import each name of the library and of tfjs that they use', () => {
    const library = new Set([...read('docs/api.md').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    library.add('tf');
    const missing = snippetsIn(page)
      .filter(
        ({language, continues, notRun}) =>
          ['ts', 'js'].includes(language) && !continues && notRun === undefined,
      )
      .flatMap(({code, line}) => freeNames(code).map((name) => ({name, line})))
      .filter(({name}) => library.has(name) && !given.includes(name) && !announced[page]?.includes(name));
    expect(missing).toEqual([]);
  });

  it('names only commands of package.json', () => {
    const {scripts} = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('links only files that exist, and headings that they have', () => {
    const folder = join(root, page, '..');
    const slugs = (target: string) =>
      [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
        title
          .toLowerCase()
          .replace(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
    const broken = [...prose.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].filter(
      ([, path, heading]) => {
        try {
          const target = path === '' ? join(root, page) : join(folder, path);
          if (heading !== undefined) return !slugs(target).includes(heading);
          readFileSync(target);
          return false;
        } catch (error) {
          return (error as NodeJS.ErrnoException).code !== 'EISDIR';
        }
      },
    );
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});
