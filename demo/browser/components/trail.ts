import {byId} from '../dom';
import {Chart} from './chart';

/** The accuracy at each sparsity that the slider has visited. */
export class Trail {
  readonly #chart = new Chart({
    title: 'Accuracy, %',
    axis: 'sparsity, %',
    lines: [{label: 'pruned', colour: '--pruned'}],
    format: (value) => `${value.toFixed(1)} %`,
    range: [0, 100],
    height: 210,
  });
  readonly #visited = new Map<number, number>();

  constructor() {
    byId('trail').replaceChildren(this.#chart.element);
  }

  add(sparsity: number, accuracy: number): void {
    this.#visited.set(sparsity * 100, accuracy * 100);
    const points = [...this.#visited].sort(([a], [b]) => a - b);
    this.#chart.show(100, [points.map(([at]) => at), points.map(([, value]) => value)]);
  }

  /** Forgets the visits, for another network or method. */
  clear(): void {
    this.#visited.clear();
    byId('trail').hidden = false;
    byId('charts').hidden = true;
  }
}
