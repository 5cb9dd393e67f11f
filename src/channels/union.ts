/**
 * Channels that are tied together, because one cannot be removed without the others: each has a number, and those
 * that are tied stand for each other.
 */
export class Channels {
  readonly #parents: number[] = [];
  readonly #pins = new Map<number, string>();

  /** How many numbers were given out. */
  get size(): number {
    return this.#parents.length;
  }

  /** New channels, tied to none. */
  fresh(count: number): Int32Array {
    const first = this.size;
    const ids = Int32Array.from({length: count}, (_, i) => first + i);
    for (const id of ids) {
      this.#parents.push(id);
    }
    return ids;
  }

  /** The number that stands for a channel and all that are tied to it. */
  find(id: number): number {
    let root = id;
    while (this.#parents[root] !== root) {
      root = this.#parents[root];
    }
    for (let at = id; at !== root; ) {
      const next = this.#parents[at];
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  /** Ties the channels of two lists, place by place. */
  unite(some: Int32Array, others: Int32Array): void {
    some.forEach((id, i) => {
      const [a, b] = [this.find(id), this.find(others[i])];
      // The older number stands for both, so that groups come in the order of the model.
      const [root, child] = a < b ? [a, b] : [b, a];
      this.#parents[child] = root;
      const reason = this.#pins.get(a) ?? this.#pins.get(b);
      if (reason !== undefined) {
        this.#pins.set(root, reason);
      }
    });
  }

  /** Says that channels have to stay, and why. The first reason counts. */
  pin(ids: Int32Array, reason: string): void {
    for (const id of ids) {
      const root = this.find(id);
      this.#pins.set(root, this.#pins.get(root) ?? reason);
    }
  }

  /** Why a channel has to stay, if it has to. */
  pinned(id: number): string | undefined {
    return this.#pins.get(this.find(id));
  }
}
