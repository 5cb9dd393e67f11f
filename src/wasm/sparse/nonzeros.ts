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

/** The nonzeros of a kernel as the loops read them, and a bit for each place, modulo the steps, that one covers. */
export interface Nonzeros {
  /**
   * For each group of outputs: how many blocks there are, and, where the groups are not in order, 4 times its first
   * output; then for each block the distance of its input, and its values. For `rows` of single outputs the
   * distances of four blocks come before their values, as long as there are four.
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
  const inputs = isDepthwise ? 1 : channels;
  // With more steps than bits nothing is left out.
  let taken = rowStep * columnStep > 32 ? -1 : 0;
  const each = (visit: (group: number, at: number, distance: number) => void) => {
    for (let channel = 0; channel < inputs; channel++) {
      for (const {place, step, distance, perChannel} of places) {
        const from = (place * inputs + channel) * outputs;
        for (let group = 0; group < groups; group++) {
          if (!isBlock(values, from + group * size, size)) continue;
          taken |= 1 << (step & 31);
          visit(group, from + group * size, distance + channel * perChannel);
        }
      }
    }
  };
  const counts = new Uint32Array(groups);
  each((group) => {
    counts[group]++;
  });
  const isOrdered = loop === 'channels';
  const order = new Uint32Array(groups).map((_, group) => group);
  // By their number, so that the processor guesses right where a loop ends.
  if (!isOrdered) order.sort((a, b) => counts[a] - counts[b]);
  const head = isOrdered ? 1 : 2;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const words = new Int32Array(head * groups + total * (1 + size));
  const floats = new Float32Array(words.buffer);
  const starts = new Uint32Array(groups);
  let word = 0;
  for (const group of order) {
    words[word] = counts[group];
    if (!isOrdered) words[word + 1] = 4 * group * size;
    starts[group] = word + head;
    word += head + counts[group] * (1 + size);
  }
  const written = new Uint32Array(groups);
  const isByFours = loop === 'rows' && size === 1;
  each((group, at, distance) => {
    const block = written[group]++;
    const isOfFour = isByFours && block < (counts[group] & ~3);
    const place = starts[group] + block * (1 + size) - (isOfFour ? block & 3 : 0);
    const value = place + (isOfFour ? 4 : 1);
    words[place] = distance;
    for (let i = 0; i < size; i++) floats[value + i] = values[at + i];
  });
  return {words, groups, taken};
}

/** The places of a window: which step each is of, and the distance of its input, in bytes. */
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
