import {byId, count, percent} from '../dom';
import type {Cut, WeightView} from '../protocol';

/** How long the slider rests before the slower details are computed, in milliseconds. */
const REST = 350;

/** The slider: it cuts while it moves, one cut at a time, always ending with the last position. */
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

  #tell({accuracy, milliseconds, against}: Cut): void {
    showAccuracy(accuracy);
    byId('tested').textContent = `Tested in ${Math.round(milliseconds)} ms.`;
    const note = byId('against-note');
    note.hidden = against === undefined;
    note.textContent =
      against === undefined ? '' : `${percent(against)} with the other importance at the same sparsity`;
  }
}

export function showAccuracy(accuracy: number): void {
  byId('accuracy').textContent = percent(accuracy);
}

/** Shows the number of remaining weights, and returns the percentage that is pruned. */
export function showLeft(views: WeightView[]): number {
  const size = views.reduce((sum, {mask}) => sum + mask.length, 0);
  const kept = views.reduce((sum, {mask}) => mask.reduce((bits, bit) => bits + bit, sum), 0);
  byId('left').textContent = `${count(kept)} of ${count(size)} weights remain.`;
  return Math.floor((1 - kept / size) * 1000 + 0.5) / 10;
}
