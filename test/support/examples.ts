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
}

/** The blocks of code of a page that have a language. */
export function snippetsIn(page: string): Snippet[] {
  const markdown = readFileSync(join(__dirname, '../..', page), 'utf8');
  let heading = '';
  const found: (Snippet & {output?: string})[] = [];
  for (const match of markdown.matchAll(/^#+ ([^\n]+)$|^```(\w*)\n(.*?)^```$/gms)) {
    const [, title, language, code] = match;
    const line = markdown.slice(0, match.index).split('\n').length + 1;
    if (title !== undefined) heading = title;
    else if (language !== '') found.push({language, code, heading, line});
    else if (found.length > 0) Object.assign(found[found.length - 1], {output: code});
  }
  return found;
}

/** The TypeScript examples of a page, each with the heading above it. */
export function examplesIn(page: string): [heading: string, code: string][] {
  return snippetsIn(page)
    .filter(({language}) => language === 'ts')
    .map(({heading, code}) => [heading, code]);
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
