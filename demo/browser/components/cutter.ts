import {byId, count, percent} from '../dom';
import type {Cut} from '../protocol';

/** How long the slider rests before what takes longer is told too, in milliseconds. */
const REST = 350;

/** The slider: it cuts while it moves, one cut at a time, the last position last. */
export class Cutter {
  readonly #slider = byId<HTMLInputElement>('cut');
  readonly #cut: (share: number) => Promise<Cut | undefined>;
  readonly #rested: () => void;
  #wanted: number | undefined;
  #busy = false;
  #timer = 0;

  constructor(cut: (share: number) => Promise<Cut | undefined>, rested: () => void) {
    this.#cut = cut;
    this.#rested = rested;
    this.#slider.addEventListener('input', () => this.to(Number(this.#slider.value)));
  }

  /** Cuts to so many percent. */
  async to(share: number): Promise<void> {
    this.show(share);
    this.#wanted = share;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#wanted !== undefined) {
      const next = this.#wanted;
      this.#wanted = undefined;
      const cut = await this.#cut(next);
      if (cut && this.#wanted === undefined) this.#tell(cut);
    }
    this.#busy = false;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(this.#rested, REST);
  }

  show(share: number): void {
    this.#slider.value = String(share);
    const text = `${share.toFixed(share > 99 || share % 1 ? 1 : 0)} %`;
    byId('cut-value').textContent = text;
    this.#slider.setAttribute('aria-valuetext', text);
  }

  set disabled(disabled: boolean) {
    this.#slider.disabled = disabled;
  }

  #tell({accuracy, size, kept, milliseconds, against}: Cut): void {
    showAccuracy(accuracy);
    byId('left').textContent = `${left(kept, size)} Tested in ${Math.round(milliseconds)} ms.`;
    const note = byId('against-note');
    note.hidden = against === undefined;
    note.textContent =
      against === undefined ? '' : `${percent(against)} with the same cut by the other importance`;
  }
}

export function showAccuracy(accuracy: number): void {
  byId('accuracy').textContent = percent(accuracy);
}

export function left(kept: number, size: number): string {
  return `${count(kept)} of ${count(size)} weights are left.`;
}
