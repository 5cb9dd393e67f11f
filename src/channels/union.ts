/** A model's channels as a disjoint-set forest: tied channels, which can only be removed together, share a root. */
export class Channels {
  readonly #parents: number[] = [];
  readonly #pins = new Map<number, string>();

  /** The number of channels, tied or not. */
  get size(): number {
    return this.#parents.length;
  }

  /** Makes new channels, which are not tied. */
  fresh(count: number): Int32Array {
    const first = this.size;
    const ids = Int32Array.from({length: count}, (_, i) => first + i);
    for (const id of ids) {
      this.#parents.push(id);
    }
    return ids;
  }

  /** A channel's root, which all tied channels share. */
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

  /** Ties the channels of two lists, pair by pair. */
  unite(some: Int32Array, others: Int32Array): void {
    some.forEach((id, i) => {
      const [a, b] = [this.find(id), this.find(others[i])];
      // The older channel becomes the root, so that groups are in the model's order.
      const [root, child] = a < b ? [a, b] : [b, a];
      this.#parents[child] = root;
      const reason = this.#pins.get(a) ?? this.#pins.get(b);
      if (reason !== undefined) {
        this.#pins.set(root, reason);
      }
    });
  }

  /** Forbids to remove channels. The first reason given is kept. */
  pin(ids: Int32Array, reason: string): void {
    for (const id of ids) {
      const root = this.find(id);
      this.#pins.set(root, this.#pins.get(root) ?? reason);
    }
  }

  /** The reason why a channel cannot be removed; undefined if it can. */
  pinned(id: number): string | undefined {
    return this.#pins.get(this.find(id));
  }
}
