import {byId, percent} from '../dom';
import type {Pruned} from '../protocol';

/** How long the slider rests before the slower details are computed, in milliseconds. */
const REST = 350;

interface Actions {
  prune(sparsity: number): Promise<Pruned | undefined>;
  /** Gets each result, unless the slider has moved on. */
  show(pruned: Pruned): void;
  rested(): void;
}

/** The slider: it prunes while it moves, one position at a time, always ending with the last. */
export class Slider {
  readonly #slider = byId<HTMLInputElement>('sparsity');
  /** Screen readers wait until it is not busy. */
  readonly #readings = byId('readings');
  readonly #actions: Actions;
  #wanted: number | undefined;
  #busy = false;
  #timer = 0;

  constructor(actions: Actions) {
    this.#actions = actions;
    this.#slider.addEventListener('input', () => this.to(Number(this.#slider.value)));
  }

  /** Prunes to so many percent. */
  async to(sparsity: number): Promise<void> {
    this.show(sparsity);
    this.#wanted = sparsity;
    if (this.#busy) return;
    this.#busy = true;
    this.#readings.ariaBusy = 'true';
    while (this.#wanted !== undefined) {
      const next = this.#wanted;
      this.#wanted = undefined;
      const pruned = await this.#actions.prune(next);
      if (pruned && this.#wanted === undefined) this.#tell(pruned);
    }
    this.#busy = false;
    this.#readings.ariaBusy = 'false';
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#actions.rested(), REST);
  }

  /** Prunes to the present position again. */
  again(): Promise<void> {
    return this.to(Number(this.#slider.value));
  }

  /** Forgets a position that is not reached yet, before another command. */
  cancel(): void {
    this.#wanted = undefined;
    clearTimeout(this.#timer);
  }

  show(sparsity: number): void {
    this.#slider.value = String(sparsity);
    const text = `${sparsity.toFixed(sparsity > 99 || sparsity % 1 ? 1 : 0)} %`;
    byId('sparsity-value').textContent = text;
    this.#slider.setAttribute('aria-valuetext', text);
  }

  set disabled(disabled: boolean) {
    this.#slider.disabled = disabled;
  }

  #tell(pruned: Pruned): void {
    this.#actions.show(pruned);
    const {against} = pruned;
    const note = byId('against-note');
    note.hidden = against === undefined;
    note.textContent =
      against === undefined ? '' : `${percent(against)} with the other importance at the same sparsity`;
  }
}
