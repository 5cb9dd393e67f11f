import {inBlocks} from '../../storage/inBlocks';
import type {Scaled} from '../machine/Constant';
import type {Constants} from '../machine/Constants';

/** A matrix [inputs, outputs] of weights. */
export interface Matrix {
  readonly values: Float32Array;
  readonly outputs: number;
  /** Where the values come from, if a batch norm was folded into them. */
  readonly from?: Scaled;
}

/** How many neighboring outputs share the place that they are multiplied by. */
export type BlockSize = 1 | 2 | 4;

/** The nonzeros of a matrix in memory. */
export interface List {
  readonly address: number;
  readonly groups: number;
}

/** How many blocks of neighboring outputs have an element that is not 0. */
export function countBlocks({values, outputs}: Matrix, blockSize: BlockSize): number {
  if (outputs % blockSize !== 0) return Number.POSITIVE_INFINITY;
  let count = 0;
  inBlocks(values.length, (from, to) => {
    count += countFrom(values, from, to, blockSize);
  });
  return count;
}

function countFrom(values: Float32Array, from: number, to: number, blockSize: BlockSize): number {
  let count = 0;
  for (let i = from; i < to; i += blockSize) if (isBlock(values, i, blockSize)) count++;
  return count;
}

function isBlock(values: Float32Array, at: number, blockSize: number): boolean {
  for (let i = at; i < at + blockSize; i++) if (values[i] !== 0) return true;
  return false;
}

/**
 * Lists the blocks of a matrix that are not all 0. For each group of outputs it has their number, and 4 times the first output;
 * then for each block the place of its input, in bytes, and its values.
 *
 * @param places Where each input lies.
 * @param isByFours Whether the places of four single values come before these, as the loop for rows reads them.
 */
export function writeList(
  constants: Constants,
  {values, outputs, from}: Matrix,
  blockSize: BlockSize,
  places: Int32Array,
  isByFours = false,
): List {
  const groups = outputs / blockSize;
  const counts = new Uint32Array(groups);
  for (let i = 0, group = 0; i < values.length; i += blockSize) {
    if (isBlock(values, i, blockSize)) counts[group]++;
    if (++group === groups) group = 0;
  }
  let total = 0;
  for (let group = 0; group < groups; group++) total += counts[group];
  const length = 2 * groups + total * (1 + blockSize);
  const address = constants.reserve(4 * length);
  const words = constants.words(address, length);
  const next = heads(words, counts, blockSize);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let input = 0, i = 0; input < places.length; input++) {
    const place = places[input];
    for (let group = 0; group < groups; group++, i += blockSize) {
      if (!isBlock(values, i, blockSize)) continue;
      let word = next[group];
      words[word++] = place;
      for (let j = i; j < i + blockSize; j++) words[word++] = bits[j];
      next[group] = word;
    }
  }
  if (isByFours) byFours(constants, {address, groups});
  constants.note({address, values, outputs, from, list: {blockSize, isByFours, places}});
  return {address, groups};
}

function byFours(constants: Constants, {address, groups}: List): void {
  const words = constants.words(address);
  let word = 0;
  for (let group = 0; group < groups; group++) {
    const count = words[word];
    word += 2;
    const end = word + 2 * count;
    for (; word + 8 <= end; word += 8) {
      const [a, p, b, q, c, r, d, s] = words.subarray(word, word + 8);
      words.set([a, b, c, d, p, q, r, s], word);
    }
    word = end;
  }
}

/** Writes the head of each group; returns where its blocks begin. By their number, so that the processor guesses right where a loop ends. */
function heads(words: Int32Array, counts: Uint32Array, blockSize: number): Uint32Array {
  const order = counts.map((_, group) => group).sort((a, b) => counts[a] - counts[b]);
  const next = new Uint32Array(counts.length);
  let word = 0;
  for (const group of order) {
    words[word] = counts[group];
    words[word + 1] = 4 * group * blockSize;
    next[group] = word + 2;
    word += 2 + counts[group] * (1 + blockSize);
  }
  return next;
}
