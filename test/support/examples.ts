import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';

/** A block of code of a page. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
  /** The heading above it, and the line of its first row. */
  readonly heading: string;
  readonly line: number;
  /** The block without a language that follows, if another one does not come before. */
  readonly output?: string;
  /** Why it does not run, of a comment `<!-- not run: … -->` above it. */
  readonly notRun?: string;
  /** Whether it goes on from the snippets above, by a comment `<!-- continues: … -->`. */
  readonly continues: boolean;
}

const block = /^#+ ([^\n]+)$|^(?:<!-- (not run|continues): ([^\n]+) -->\n\n)?( *)```(\w*)\n(.*?)^ *```/gms;

/** The blocks of code of a page that have a language. */
export function snippetsIn(page: string): Snippet[] {
  const markdown = readFileSync(join(__dirname, '../..', page), 'utf8');
  let heading = '';
  const found: (Snippet & {output?: string})[] = [];
  for (const match of markdown.matchAll(block)) {
    const [text, title, mark, reason, indent, language, indented] = match;
    const code = indented?.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const start = match.index + text.indexOf('```');
    const line = markdown.slice(0, start).split('\n').length + 1;
    const notRun = mark === 'not run' ? reason : undefined;
    if (title !== undefined) heading = title;
    else if (language !== '')
      found.push({language, code, heading, line, notRun, continues: mark === 'continues'});
    else if (found.length > 0) Object.assign(found[found.length - 1], {output: code});
  }
  return found;
}

/** The programs of a page that run, each with what it continues, and with the heading above it. */
export function programsIn(page: string, languages: readonly string[] = ['ts', 'js']): Snippet[] {
  const all = snippetsIn(page).filter(({language}) => languages.includes(language));
  return all
    .map((snippet, i) => (snippet.continues ? {...snippet, code: joined(all.slice(0, i + 1))} : snippet))
    .filter(({notRun}) => notRun === undefined);
}

/** The same as pairs, for `it.each`. */
export function examplesIn(page: string, languages?: readonly string[]): [heading: string, code: string][] {
  return programsIn(page, languages).map(({heading, code}) => [heading, code]);
}

/** One program of several, with imports that they share once. */
function joined(snippets: readonly Snippet[]): string {
  const lines = snippets.flatMap(({code}) => code.split('\n'));
  const isAgain = (line: string, i: number) => line.startsWith('import ') && lines.indexOf(line) < i;
  return lines.filter((line, i) => !isAgain(line, i)).join('\n');
}

/** Runs a program with the values of `given` in scope, and returns some of its declarations by name. */
export async function run(
  code: string,
  given: Record<string, unknown>,
  declared: readonly string[] = [],
): Promise<Record<string, unknown>> {
  const {outputText} = ts.transpileModule(code, {
    compilerOptions: {module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022},
  });
  const body = `return (async () => {${outputText}\nreturn {${declared.join(', ')}};})();`;
  return new Function('require', 'exports', ...Object.keys(given), body)(
    require,
    {},
    ...Object.values(given),
  );
}
