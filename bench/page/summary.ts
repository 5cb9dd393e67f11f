import type {Line} from '../methods/line';
import type {TaskName} from '../methods/tasks';

/** A figure over the seeds. */
export interface Spread {
  readonly mean: number;
  /** The standard deviation of a sample; NaN of a single seed. */
  readonly deviation: number;
  readonly count: number;
}

export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {mean, deviation: Math.sqrt(squares / (values.length - 1)), count: values.length};
}

/** The runs of a network, a method and a sparsity, one per seed. */
export interface Runs {
  readonly network: TaskName;
  readonly method: Line['method'];
  readonly sparsity: number;
  readonly lines: readonly Line[];
  of(figure: (line: Line) => number): Spread;
}

/** The runs by network, method and sparsity. Of several lines of a run the last counts. */
export class Results {
  readonly #runs = new Map<string, Runs>();
  readonly lines: readonly Line[];

  constructor(all: readonly Line[]) {
    this.lines = [...new Map(all.map((line) => [line.id, line])).values()];
    for (const line of this.lines) {
      const {network, method, sparsity} = line;
      const key = keyOf(network, method, sparsity);
      const lines = [...(this.#runs.get(key)?.lines ?? []), line].sort((a, b) => a.seed - b.seed);
      this.#runs.set(key, {network, method, sparsity, lines, of: (figure) => spread(lines.map(figure))});
    }
  }

  /** The runs; undefined if none was made. */
  of(network: TaskName, method: Line['method'], sparsity: number): Runs | undefined {
    return this.#runs.get(keyOf(network, method, sparsity));
  }

  /** The sparsities, in order, that a network was pruned to by any of the methods. */
  sparsities(network: TaskName, methods: readonly Line['method'][]): number[] {
    const found = [...this.#runs.values()].filter(
      (runs) => runs.network === network && methods.includes(runs.method),
    );
    return [...new Set(found.map(({sparsity}) => sparsity))].sort((a, b) => a - b);
  }
}

const keyOf = (network: string, method: string, sparsity: number) => `${network}/${method}/${sparsity}`;
