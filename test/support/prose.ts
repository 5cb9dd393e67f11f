import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';

/** Home-made phrases, each with the established one. */
const glossary: [RegExp, string][] = [
  [/\bwhat (is left|goes|remains)\b/i, 'the remaining, or the pruned, weights'],
  [/\b(puts out|takes in)\b/i, 'output, input'],
  [/\bdraws? \w+ towards (0|zero)\b/i, 'shrinks, penalizes'],
  [/\bat once\b/i, 'synchronously, immediately, together'],
  [/\banew\b/i, 'again'],
  [/\bis seen to\b/i, 'tested on'],
  [/\bas it was(?! allocated)\b|\bstays? as (it is|they are)\b/i, 'unchanged'],
  [/\b(tells|says so|is told)\b/i, 'reports, throws, lists'],
  [/\bbears\b/i, 'tolerates'],
  [/\boff the device\b/i, 'on the host'],
  [/\bwhat a weight is worth\b/i, 'importance score'],
  [/\btimes less\b/i, 'reduction factor'],
  [/\b(go|goes) first\b/i, 'pruned first'],
  [/\bof one's own\b/i, 'custom'],
];

/** The phrases of a text that the glossary replaces. */
export const homeMade = (prose: string): string[] =>
  glossary.flatMap(([phrase, term]) => {
    const [match] = phrase.exec(prose) ?? [];
    return match === undefined ? [] : [`"${match}": ${term}`];
  });

/** The prose of a page of Markdown, without code, tables, and targets of links. */
export const proseOf = (markdown: string): string =>
  markdown
    .replace(/^ *```.*?^ *```/gms, '')
    .replace(/<!--.*?-->/gs, '')
    .replace(/^\|.*$/gm, '')
    .replace(/`[^`]*`/g, 'X')
    .replace(/\]\([^)]*\)/g, ']');

/** Sentences of paragraphs, list items, headings and labelled lines. */
export const sentencesOf = (prose: string): string[] =>
  prose
    .split(/\n\s*\n|\n(?=\s*[-*@] ?)|\n(?=#|npx | {2,}(?:-|<))|\n(?=[a-z ]+: )/)
    .flatMap((paragraph) =>
      paragraph
        .replace(/\s+/g, ' ')
        .trim()
        .split(/(?<=[.!?])\s+/),
    )
    .filter((sentence) => sentence !== '');

export const wordsIn = (text: string): number =>
  text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,×%-]*/gu)?.length ?? 0;

/** How often "what" stands in 1,000 words. */
export const shareOfWhat = (text: string): number =>
  (1000 * (text.match(/\bwhat\b/gi)?.length ?? 0)) / wordsIn(text);

/** The TypeScript files in a folder and its folders. */
export const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return path.endsWith('.ts') && !path.endsWith('.d.ts') ? [path] : [];
  });

/** The comments of a source, without code and names of parameters, and its texts of four words or more. */
export function textsOf(path: string): {comments: string[]; literals: string[]} {
  const text = readFileSync(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const comments = new Map<number, string>();
  const literals: string[] = [];
  const visit = (node: ts.Node): void => {
    for (const {pos, end} of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
      comments.set(pos, text.slice(pos, end));
    }
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
    if (isText && wordsIn(node.getText()) >= 4) literals.push(node.getText().replace(/\$\{[^}]*\}/g, 'X'));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return {comments: joinedLines([...comments.values()]).map(withoutMarks), literals};
}

/** Comments of lines that follow each other are one text. */
function joinedLines(comments: readonly string[]): string[] {
  const found: string[] = [];
  for (const comment of comments) {
    const isLine = comment.startsWith('//') && found.at(-1)?.startsWith('//');
    if (isLine) found.push(`${found.pop()}\n${comment}`);
    else found.push(comment);
  }
  return found;
}

const withoutMarks = (comment: string) =>
  proseOf(
    comment
      .replace(/^\s*(\/\*\*?|\*\/|\*|\/\/) ?/gm, '')
      .replace(/\*\/$/, '')
      .replace(/@example[^@]*/g, '')
      .replace(/@param \S+/g, '@param'),
  );
