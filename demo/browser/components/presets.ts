import {byId} from '../dom';

/** Links to examples. Each changes only the settings in its address. */
export class Presets {
  readonly #links = [...byId('presets').querySelectorAll('a')];

  constructor(choose: (hash: string) => void) {
    for (const link of this.#links) {
      link.addEventListener('click', (event) => {
        // In another tab it opens like any address.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (link.ariaDisabled === 'true') return;
        choose(link.hash);
        // The slider and the network show the result.
        document.querySelector('.hero')?.scrollIntoView({block: 'start'});
      });
    }
  }

  set disabled(disabled: boolean) {
    for (const link of this.#links) link.ariaDisabled = String(disabled);
  }
}
