import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {HELP} from '../bin/help';
import {homeMade, proseOf, sentencesOf, shareOfWhat, sourcesIn, textsOf, wordsIn} from './support/prose';

const root = join(__dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', 'examples/README.md'].concat(
  readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
);

/**
 * Measured by these functions on the doc-comments of Keras, PyTorch and optax and the READMEs of four modules of d3, 223,000
 * words: "what" stands 0.03 to 0.19 times in 1,000 words, and 0.6 to 3.0 % of sentences have over 35 words.
 */
const [MOST_WHAT, MOST_LONG] = [0.2, 0.01];

/** Sentences over 35 words, if there are more than the anchors have; otherwise none. */
function tooLong(texts: readonly string[]): string[] {
  const sentences = texts.flatMap(sentencesOf);
  const long = sentences.filter((sentence) => wordsIn(sentence) > 35);
  return long.length > sentences.length * MOST_LONG ? long : [];
}

const withHomeMade = (texts: readonly (readonly [name: string, text: string])[]) =>
  texts.flatMap(([name, text]) => homeMade(text).map((found) => `${name}: ${found}`));

describe('README.md, docs and examples', () => {
  const prose = pages.map((page) => proseOf(read(page)));

  it('use "what" as seldom as the documentation of PyTorch, Keras, optax and d3', () => {
    expect(shareOfWhat(prose.join('\n'))).toBeLessThanOrEqual(MOST_WHAT);
  });

  it('have as few sentences over 35 words', () => {
    expect(tooLong(prose)).toEqual([]);
    expect(prose.flatMap(sentencesOf).length).toBeGreaterThan(1000);
  });

  it('use the established terms', () => {
    expect(withHomeMade(pages.map((page, i) => [page, prose[i]]))).toEqual([]);
  });
});

describe('the sources', () => {
  const files = ['src', 'layers', 'callbacks', 'bin', 'demo'].flatMap((folder) =>
    sourcesIn(join(root, folder)),
  );
  const texts = files.map((file) => ({file: relative(root, file), ...textsOf(file)}));

  it('have comments with as few "what" and long sentences', () => {
    const comments = texts.flatMap((text) => text.comments);
    expect(wordsIn(comments.join('\n'))).toBeGreaterThan(30_000);
    expect(shareOfWhat(comments.join('\n'))).toBeLessThanOrEqual(MOST_WHAT);
    expect(tooLong(comments)).toEqual([]);
  });

  it('use the established terms in comments and messages', () => {
    const all = texts.flatMap(({file, comments, literals}) =>
      [...comments, ...literals].map((text) => [file, text] as const),
    );
    expect(withHomeMade(all)).toEqual([]);
  });
});

describe('the texts that users read in programs', () => {
  const demo = spawnSync(process.execPath, ['--import', 'tsx', 'demo/node/main.ts', '--help'], {
    cwd: root,
    encoding: 'utf8',
  }).stdout;
  const page = read('demo/browser/index.html')
    .replace(/<!--.*?-->/gs, '')
    .replace(/<(code|var|kbd)>.*?<\/\1>/gs, 'X')
    .replace(/<[^>]*>/g, '\n\n');

  it.each([
    ['the help of the command line', HELP],
    ['the help of the demo', demo],
    ['the demo page', page],
  ])('use the established terms, few "what" and short sentences: %s', (_, text) => {
    expect(wordsIn(text)).toBeGreaterThan(200);
    expect(homeMade(text)).toEqual([]);
    expect(sentencesOf(text).filter((sentence) => wordsIn(sentence) > 35)).toEqual([]);
    expect(text.match(/\bwhat\b/gi)?.length ?? 0).toBeLessThanOrEqual(2);
  });
});
