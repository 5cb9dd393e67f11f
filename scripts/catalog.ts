// The catalog of the library's parts of methods, read from its public names and their doc-comments.
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';

/** One public function of a family, from its doc-comment; missing parts are ''. */
export interface Entry {
  readonly name: string;
  /** Its file, relative to the root. */
  readonly file: string;
  /** The first sentences, without the formula. */
  readonly summary: string;
  readonly formula: string;
  /** The data it needs beside the weight, such as `gradients`. */
  readonly data: string;
  readonly cost: string;
  /** The elements that it prunes first. */
  readonly prunedFirst: string;
  /** The paper. */
  readonly see: string;
  /** Example calls; if the comment has none, the call without arguments. */
  readonly examples: readonly string[];
  /** The type of its first parameter, as written. */
  readonly takes: string;
  /** Whether it can be called without arguments. */
  readonly bare: boolean;
}

export const families = ['importance', 'pattern', 'allocation', 'penalty', 'schedule'] as const;
export type Family = (typeof families)[number];

/** Functions in the folders of families that are not members. */
const others = ['addSparsityLoss', 'patternFor'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');

/**
 * The members of a family, in order: the functions that `src/index.ts` exports from its folder or the file of its name.
 *
 * @param sources The folder of the sources; `src` by default.
 */
export function catalog(folder: string, sources = root): Entry[] {
  return exportsOf(parse(join(sources, 'index.ts'))).flatMap(({name, from}) => {
    const inside = from === `./${folder}` || from.startsWith(`./${folder}/`);
    const path = `${from.slice(2)}.ts`;
    if (!inside || others.includes(name) || !existsSync(join(sources, path))) {
      return [];
    }
    const source = parse(join(sources, path));
    const made = source.statements.find(
      (node): node is ts.FunctionDeclaration => ts.isFunctionDeclaration(node) && node.name?.text === name,
    );
    return made ? [entry(name, `src/${path}`, made, source)] : [];
  });
}

/** The offered calls of an entry: the call without arguments, if allowed, and its examples. */
export function calls({name, examples, bare}: Entry): string[] {
  return [...new Set(bare ? [`${name}()`, ...examples] : examples)];
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** The values that a file exports from others, without types. */
function exportsOf(source: ts.SourceFile): {name: string; from: string}[] {
  return source.statements.flatMap((node) => {
    if (!ts.isExportDeclaration(node) || node.isTypeOnly || !node.exportClause || !node.moduleSpecifier) {
      return [];
    }
    const from = (node.moduleSpecifier as ts.StringLiteral).text;
    const names = ts.isNamedExports(node.exportClause) ? [...node.exportClause.elements] : [];
    return names.filter(({isTypeOnly}) => !isTypeOnly).map(({name}) => ({name: name.text, from}));
  });
}

function entry(name: string, file: string, made: ts.FunctionDeclaration, source: ts.SourceFile): Entry {
  const docs = ts.getJSDocCommentsAndTags(made).filter(ts.isJSDoc);
  const text = docs.map(({comment}) => ts.getTextOfJSDocComment(comment) ?? '').join('\n\n');
  // From the source text, because the parser treats the first word of @see as a name.
  const tags = (tag: string) =>
    ts
      .getJSDocTags(made)
      .filter(({tagName}) => tagName.text === tag)
      .map((found) =>
        oneLine(
          found
            .getText(source)
            .replace(/^@\w+/, '')
            .replace(/^\s*\*+/gm, ''),
        ),
      );
  const examples = tags('example').filter((call) => call !== '');
  const sentences = withoutLines(text);
  const own = line(text, 'formula');
  const {summary, formula} = own ? {summary: sentences, formula: own} : split(sentences);
  return {
    name,
    file,
    summary,
    formula,
    data: line(text, 'data'),
    cost: line(text, 'cost'),
    prunedFirst: line(text, 'pruned first'),
    see: tags('see').join('; '),
    examples: examples.length > 0 ? examples : [`${name}()`],
    takes: made.parameters[0]?.type?.getText(source) ?? '',
    bare: made.parameters.every(({initializer, questionToken}) => initializer || questionToken),
  };
}

const labels = /^(formula|data|cost|pruned first): */;

/** The text of a labelled line, with its continuation lines. */
function line(text: string, label: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((found) => found.startsWith(`${label}:`));
  if (first < 0) {
    return '';
  }
  const next = lines.slice(first + 1).findIndex((found) => found.trim() === '' || labels.test(found));
  const until = next < 0 ? lines.length : first + 1 + next;
  return oneLine(lines.slice(first, until).join(' ').replace(labels, ''));
}

/** The first paragraph, up to the labelled lines. */
function withoutLines(text: string): string {
  const [paragraph] = text.trim().split(/\n\s*\n/);
  const lines = paragraph.split('\n');
  const end = lines.findIndex((found) => labels.test(found));
  return oneLine(lines.slice(0, end < 0 ? undefined : end).join(' '));
}

/** Splits the formula from a text such as `Small weights matter least: |w|^p.`; words after a colon are no formula. */
function split(sentences: string): {summary: string; formula: string} {
  const [all, before, formula, rest] = /^(.*?): ((?:[^.]|\.(?! |$))*)\.?(.*)$/.exec(sentences) ?? [sentences];
  if (formula === undefined || !/[|^=·Σ√∂[]/.test(formula)) {
    return {summary: all, formula: ''};
  }
  return {summary: `${before}.${rest}`, formula};
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
