import {byId} from '../dom';

/** The links to things to look at. Each changes what its address names, and nothing else. */
export class Presets {
  readonly #links = [...byId('presets').querySelectorAll('a')];

  constructor(choose: (hash: string) => void) {
    for (const link of this.#links) {
      link.addEventListener('click', (event) => {
        // In another tab it opens as any address.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (link.ariaDisabled !== 'true') choose(link.hash);
      });
    }
  }

  set disabled(disabled: boolean) {
    for (const link of this.#links) link.ariaDisabled = String(disabled);
  }
}
