import type {Form} from './form';
import {outputsOf, type Window} from './window';

/**
 * How many blocks of neighboring outputs have an element that is not 0.
 *
 * @param values A kernel [..., outputs].
 */
export function countBlocks(values: Float32Array, size: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i += size) count += +isBlock(values, i, size);
  return count;
}

function isBlock(values: Float32Array, at: number, size: number): boolean {
  for (let i = at; i < at + size; i++) if (values[i] !== 0) return true;
  return false;
}

/** The nonzeros of a kernel as the loops read them, and a bit for each place, modulo the steps, that one takes in. */
export interface Nonzeros {
  /**
   * For each group of outputs: how many blocks there are, and, where the groups are not in order, 4 times its first
   * output; then for each block the distance of what it is multiplied by, and its values.
   */
  readonly words: Int32Array;
  readonly groups: number;
  readonly taken: number;
}

/** Writes down the blocks of a kernel that are not all 0. */
export function nonzeros(values: Float32Array, window: Window, form: Form): Nonzeros {
  const {channels, rowStep, columnStep, isDepthwise} = window;
  const {size, loop} = form;
  const outputs = outputsOf(window);
  const groups = outputs / size;
  const places = placesOf(window, form);
  // With more steps than bits nothing is left out.
  let taken = rowStep * columnStep > 32 ? -1 : 0;
  const blocksOf = (output: number) => {
    const found: {at: number; distance: number}[] = [];
    for (let channel = 0; channel < (isDepthwise ? 1 : channels); channel++) {
      for (const {place, step, distance, perChannel} of places) {
        const at = (place * (isDepthwise ? 1 : channels) + channel) * outputs + output;
        if (!isBlock(values, at, size)) continue;
        found.push({at, distance: distance + channel * perChannel});
        taken |= 1 << (step & 31);
      }
    }
    return found;
  };
  const lists = Array.from({length: groups}, (_, group) => ({
    output: group * size,
    found: blocksOf(group * size),
  }));
  const isOrdered = loop === 'channels';
  // By their number, so that the processor guesses right where a loop ends.
  if (!isOrdered) lists.sort((a, b) => a.found.length - b.found.length);
  const total = lists.reduce((sum, {found}) => sum + found.length, 0);
  const words = new Int32Array((isOrdered ? 1 : 2) * groups + total * (1 + size));
  const floats = new Float32Array(words.buffer);
  let word = 0;
  for (const {output, found} of lists) {
    words[word++] = found.length;
    if (!isOrdered) words[word++] = 4 * output;
    for (const {at, distance} of found) {
      words[word++] = distance;
      for (let i = 0; i < size; i++) floats[word++] = values[at + i];
    }
  }
  return {words, groups, taken};
}

/** The places of a window: which step each is of, and how far what it is multiplied by lies, in bytes. */
function placesOf(window: Window, {loop, plane, pitch}: Form) {
  const {rows, columns, channels, rowStep, columnStep, rowDilation, columnDilation} = window;
  return Array.from({length: rows * columns}, (_, place) => {
    const row = Math.floor(place / columns) * rowDilation;
    const column = (place % columns) * columnDilation;
    if (loop === 'channels') {
      return {place, step: 0, distance: (row * pitch + column) * channels * 4, perChannel: 0};
    }
    const step = (row % rowStep) * columnStep + (column % columnStep);
    const pixel = Math.floor(row / rowStep) * pitch + Math.floor(column / columnStep);
    return {place, step, distance: step * plane + pixel * 4, perChannel: plane * rowStep * columnStep};
  });
}
