import {byId, count, kilobytes, percent} from '../dom';
import type {WeightView} from '../protocol';

/** Shows the accuracy of the pruned network, and of the dense one if given. */
export function showAccuracy(pruned: number, dense?: number): void {
  byId('accuracy').textContent = percent(pruned);
  if (dense !== undefined) byId('dense-accuracy').textContent = ` dense ${percent(dense)}`;
}

/** Shows the size of the sparse file, and of the weights that tfjs saves of the dense network if given. */
export function showSize(pruned: number, dense?: number): void {
  byId('size').textContent = kilobytes(pruned);
  if (dense !== undefined) byId('dense-size').textContent = ` dense ${kilobytes(dense)}`;
}

/** Shows the number of remaining weights, and returns the percentage that is pruned. */
export function showKept(views: WeightView[]): number {
  const size = views.reduce((sum, {mask}) => sum + mask.length, 0);
  const kept = views.reduce((sum, {mask}) => mask.reduce((bits, bit) => bits + bit, sum), 0);
  byId('kept').textContent = count(kept);
  byId('all-weights').textContent = ` of ${count(size)}`;
  return Math.floor((1 - kept / size) * 1000 + 0.5) / 10;
}
