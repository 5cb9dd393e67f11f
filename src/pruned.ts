/** What a pruning asked for and what it reached. */
export interface Pruned {
  /** The share of units asked for; undefined for a threshold. */
  readonly asked: number | undefined;
  /** The share of masked elements in all prunable weights of the model, as in `report`. */
  readonly sparsity: number;
  /** The weights that the recipe was about. */
  readonly weights: readonly PrunedWeight[];
  /** One line: the two sparsities, and the notes. */
  toString(): string;
}

export interface PrunedWeight {
  readonly name: string;
  readonly units: number;
  /** How many units were to be kept. */
  readonly asked: number;
  /** How many are left. */
  readonly kept: number;
  /** Why `kept` is not `asked`. */
  readonly note?: string;
}

export function pruned(asked: number | undefined, sparsity: number, weights: PrunedWeight[]): Pruned {
  return {
    asked,
    sparsity,
    weights,
    toString: () =>
      [
        `asked ${asked ?? 'by threshold'}, reached ${sparsity}`,
        ...weights.filter(({note}) => note !== undefined).map(({name, note}) => `${name}: ${note}`),
      ].join('; '),
  };
}

/** What became of one weight, of which `alive` units were left before and which keeps `least` at least. */
export function prunedWeight(
  name: string,
  units: number,
  alive: number,
  asked: number,
  least = 1,
): PrunedWeight {
  const row = {name, units, asked, kept: Math.min(alive, Math.max(least, asked))};
  if (asked > alive) {
    return {...row, note: `only ${alive} of ${units} units were left, so nothing changed`};
  }
  return asked < least ? {...row, note: 'it would have been emptied, so its best unit stays'} : row;
}
