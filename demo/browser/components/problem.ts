import {byId} from '../dom';

/** An error message, shown beside its cause. */
export class Problem {
  readonly #box = byId('problem');
  readonly #home = this.#box.parentElement as HTMLElement;

  constructor() {
    byId('problem-close').addEventListener('click', () => {
      this.#box.hidden = true;
    });
  }

  /** Shows a message at the end of an element, or at the top of the page. */
  show(text: string, beside?: HTMLElement): void {
    if (beside) {
      beside.append(this.#box);
    } else {
      this.#home.querySelector('main')?.before(this.#box);
    }
    byId('problem-text').textContent = text;
    this.#box.hidden = false;
    this.#box.scrollIntoView({block: 'nearest'});
  }
}
