import {ascending} from './ascending';

/**
 * A codebook of at most `size` entries for the given values: the distinct values if there are no more, else k-means with
 * linear initialization. The mean of an empty cluster splits the cluster with the largest error.
 *
 * @param from The entries to go on from, if they are as many.
 * @see Han et al.: Deep Compression, 2016.
 */
export function meansOf(values: Float32Array, size: number, from?: Float32Array): Float32Array<ArrayBuffer> {
  const sorted = ascending(values);
  const distinct = distinctIn(sorted, size);
  if (distinct !== undefined) return distinct;
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const sums = sumsOf(sorted);
  let means: Float64Array = Float64Array.from(
    from?.length === size
      ? from
      : Array.from({length: size}, (_, i) => least + ((most - least) * i) / (size - 1)),
  );
  for (let round = 0; round < 200; round++) {
    const next = refined(sorted, sums, means);
    if (next.every((mean, i) => Math.abs(mean - means[i]) <= (most - least) * 1e-5)) {
      break;
    }
    means = next;
  }
  return Float32Array.from(means);
}

/** The distinct values in an ascending list; undefined if there are more than so many. */
function distinctIn(sorted: Float32Array, most: number): Float32Array<ArrayBuffer> | undefined {
  const found = [];
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    if (found.length === most) return undefined;
    found.push(sorted[i]);
  }
  return Float32Array.from(found);
}

/** The index of the nearest entry for each value; entries are ascending. */
export function nearest(values: Float32Array, entries: Float32Array): Uint8Array {
  const borders = bordersOf(entries);
  const indices = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    indices[i] = rankOf(values[i], borders);
  }
  return indices;
}

/** The prefix sums of the values and their squares. */
function sumsOf(sorted: Float32Array): {plain: Float64Array; squared: Float64Array} {
  const [plain, squared] = [new Float64Array(sorted.length + 1), new Float64Array(sorted.length + 1)];
  for (let i = 0; i < sorted.length; i++) {
    plain[i + 1] = plain[i] + sorted[i];
    squared[i + 1] = squared[i] + sorted[i] ** 2;
  }
  return {plain, squared};
}

function refined(
  sorted: Float32Array,
  {plain, squared}: {plain: Float64Array; squared: Float64Array},
  means: Float64Array,
): Float64Array {
  const ends = [...Array.from(bordersOf(means), (border) => rankOf(border, sorted)), sorted.length];
  const clusters = ends.map((end, i) => {
    const start = i === 0 ? 0 : ends[i - 1];
    const sum = plain[end] - plain[start];
    const mean = end > start ? sum / (end - start) : means[i];
    return {start, end, mean, error: squared[end] - squared[start] - sum * mean};
  });
  const worst = clusters.filter(({start, end}) => end > start).sort((a, b) => b.error - a.error);
  for (const cluster of clusters.filter(({start, end}) => start === end)) {
    const split = worst.shift();
    if (split !== undefined && split.error > 0) {
      cluster.mean = (split.mean + sorted[split.end - 1]) / 2;
    }
  }
  return Float64Array.from(clusters, ({mean}) => mean).sort();
}

function bordersOf(entries: ArrayLike<number>): Float64Array {
  return Float64Array.from({length: entries.length - 1}, (_, i) => (entries[i] + entries[i + 1]) / 2);
}

/** The number of entries below a value in an ascending list. */
function rankOf(value: number, ascending: ArrayLike<number>): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
