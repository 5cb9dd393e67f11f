import {add, max, min, mul, ones, stack, step, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertCount} from '../util/options';
import {decayed, statistic} from './define';
import type {Source, Statistic} from './statistic';

/**
 * A histogram of each column, `[bins, columns]`. The bins are equal parts of the range over all columns, from the smallest
 * to the largest value in the first batch. Later values outside count in the first or last bin, and a value between two bins
 * counts in the lower.
 */
export function histogram(name: string, source: Source, bins: number): Statistic {
  assertBins(name.replace(/\/.*/s, ''), bins);
  return statistic({
    name,
    source,
    every: 8,
    add: (before, [x], decay) => {
      const [low, high] = before?.slice(1) ?? [min(x), max(x)];
      const counts = countBins(x, low, high, bins);
      return [before ? add(decayed(before[0], decay), counts) : counts, low, high];
    },
    result: ([counts]) => mul(counts, 1),
  });
}

export function assertBins(who: string, bins: number): void {
  assertCount(who, 'bins', bins, 2);
}

/** The count of values per bin and column of x, `[bins, columns]`. */
export function countBins(x: Tensor, low: Tensor, high: Tensor, bins: number): Tensor {
  const above: Tensor[] = [];
  for (let bin = 0; bin <= bins; bin++) {
    if (bin === 0) {
      above.push(mul(x.shape[0], ones([x.shape[1] as number])));
    } else if (bin === bins) {
      above.push(mul(0, above[0]));
    } else {
      const edge = add(low, mul(sub(high, low), bin / bins));
      above.push(sum(step(sub(x, edge)), 0));
    }
  }
  return stack(above.slice(1).map((count, bin) => sub(above[bin], count)));
}
