import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {shuffled} from '../../demo/shuffled';

const folder = fileURLToPath(new URL('../data/sentences', import.meta.url));

/** The authors of the sentences. */
export const authors = ['austen', 'twain'] as const;

/** A sentence as words, and the index of its author in `authors`. */
export interface Sentence {
  words: string[];
  author: number;
}

/** The 2,800 sentences in a fixed order: 2,000 for training, 400 for validation and 400 for testing. */
export function sentences(): {train: Sentence[]; validation: Sentence[]; test: Sentence[]} {
  const all = authors.flatMap((name, author) =>
    readFileSync(join(folder, `${name}.txt`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => ({words: line.toLowerCase().match(/[a-z']+/g) ?? [], author})),
  );
  const mixed = shuffled(all.length, 1).map((i) => all[i]);
  return {train: mixed.slice(0, 2000), validation: mixed.slice(2000, 2400), test: mixed.slice(2400)};
}

/** The most frequent words by number of sentences, ties by first occurrence. */
export function vocabularyOf(given: readonly Sentence[], size: number): string[] {
  const counts = new Map<string, number>();
  for (const word of given.flatMap(({words}) => [...new Set(words)])) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, size)
    .map(([word]) => word);
}

/** Whether each sentence has each word, `[sentences, words]`. */
export function bags(given: readonly Sentence[], vocabulary: readonly string[]): tf.Tensor2D {
  const place = new Map(vocabulary.map((word, i) => [word, i]));
  const bits = new Float32Array(given.length * vocabulary.length);
  for (const [row, {words}] of given.entries()) {
    for (const word of words) {
      const column = place.get(word);
      if (column !== undefined) bits[row * vocabulary.length + column] = 1;
    }
  }
  return tf.tensor2d(bits, [given.length, vocabulary.length]);
}

/** The word indices, from 2, with 1 for unknown words, padded with leading zeros to a length. */
export function sequences(
  given: readonly Sentence[],
  vocabulary: readonly string[],
  length: number,
): tf.Tensor2D {
  const place = new Map(vocabulary.map((word, i) => [word, i + 2]));
  const numbers = given.map(({words}) => words.slice(0, length).map((word) => place.get(word) ?? 1));
  return tf.tensor2d(numbers.map((row) => [...Array(length - row.length).fill(0), ...row]));
}

/** A column of 0 and 1. */
export function authorsOf(given: readonly Sentence[]): tf.Tensor2D {
  return tf.tensor2d(
    given.map(({author}) => author),
    [given.length, 1],
  );
}

/** The accuracy and the macro F1 over a whole set. */
export function judge(model: tf.LayersModel, x: tf.Tensor, y: tf.Tensor): {accuracy: number; f1: number} {
  const said = tf.tidy(() => [...(model.predict(x, {batchSize: 500}) as tf.Tensor).dataSync()]);
  const answers = said.map((share) => Number(share > 0.5));
  const truth = [...y.dataSync()];
  const count = (wanted: (answer: number, author: number) => boolean) =>
    truth.filter((author, i) => wanted(answers[i], author)).length;
  const f1Of = (who: number) =>
    (2 * count((answer, author) => answer === who && author === who)) /
    (count((answer) => answer === who) + count((_, author) => author === who));
  return {
    accuracy: count((answer, author) => answer === author) / truth.length,
    f1: (f1Of(0) + f1Of(1)) / 2,
  };
}
