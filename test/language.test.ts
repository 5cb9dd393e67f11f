import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(__dirname, '..');
const pages = ['README.md', 'examples/README.md'].concat(
  readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
);

/** Home-made phrases, each with the established one. */
const glossary: [RegExp, string][] = [
  [/\bwhat (is left|goes|remains)\b/i, 'the remaining, or the pruned, weights'],
  [/\b(puts out|takes in)\b/i, 'output, input'],
  [/\bdraws? \w+ towards (0|zero)\b/i, 'shrinks, penalizes'],
  [/\bat once\b/i, 'synchronously, immediately, together'],
  [/\banew\b/i, 'again'],
  [/\bis seen to\b/i, 'tested on'],
  [/\b(stays )?as it was\b/i, 'unchanged'],
  [/\b(tells|says so|is told)\b/i, 'reports, throws, lists'],
  [/\bbears\b/i, 'tolerates'],
  [/\boff the device\b/i, 'on the host'],
  [/\bwhat a weight is worth\b/i, 'importance score'],
  [/\btimes less\b/i, 'reduction factor'],
  [/\b(go|goes) first\b/i, 'pruned first'],
  [/\bof one's own\b/i, 'custom'],
];

/** The prose of a page, without code, tables, and targets of links. */
const proseOf = (page: string) =>
  readFileSync(join(root, page), 'utf8')
    .replace(/^```.*?^```/gms, '')
    .replace(/^\|.*$/gm, '')
    .replace(/`[^`]*`/g, 'X')
    .replace(/\]\([^)]*\)/g, ']');

/** Sentences of paragraphs, list items and headings. */
const sentencesOf = (prose: string) =>
  prose
    .split(/\n\s*\n|\n(?=\s*[-*] )|\n(?=#)/)
    .flatMap((paragraph) =>
      paragraph
        .replace(/\s+/g, ' ')
        .trim()
        .split(/(?<=[.!?])\s+/),
    )
    .filter((sentence) => sentence !== '');

const wordsIn = (text: string) => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,×%-]*/gu)?.length ?? 0;

describe('README.md, docs and examples', () => {
  const prose = pages.map(proseOf);

  it('use "what" at most 0.6 times in 1,000 words, as the documentation of PyTorch, Keras, optax and d3', () => {
    const text = prose.join('\n');
    const count = text.match(/\bwhat\b/gi)?.length ?? 0;
    expect((1000 * count) / wordsIn(text)).toBeLessThanOrEqual(0.6);
  });

  it('have at most 1 % of sentences over 35 words', () => {
    const sentences = prose.flatMap(sentencesOf);
    const long = sentences.filter((sentence) => wordsIn(sentence) > 35);
    if (long.length > sentences.length / 100) expect(long).toEqual([]);
    expect(sentences.length).toBeGreaterThan(1000);
  });

  it.each(pages)('%s uses the established terms', (page) => {
    const found = glossary.flatMap(([phrase, term]) => {
      const [match] = phrase.exec(proseOf(page)) ?? [];
      return match === undefined ? [] : [`"${match}": ${term}`];
    });
    expect(found).toEqual([]);
  });
});
