import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';

/** The TypeScript examples of a page, each with the heading above it. */
export function examplesIn(page: string): [heading: string, code: string][] {
  const markdown = readFileSync(join(__dirname, '../..', page), 'utf8');
  let heading = '';
  const found: [string, string][] = [];
  for (const [, title, code] of markdown.matchAll(/^#+ ([^\n]+)$|^```ts\n(.*?)^```/gms)) {
    if (code === undefined) heading = title;
    else found.push([heading, code]);
  }
  return found;
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
