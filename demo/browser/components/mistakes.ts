import {byId, dark, make} from '../dom';
import type {Events, Mistake} from '../protocol';
import {SIDE} from '../shards';
import {paintDigit} from './pad';

/** Test digits that the pruned network misclassifies; a click shows one on the pad. */
export class Mistakes {
  readonly #choose: (digit: Uint8Array) => void;
  readonly #tiles: Tile[] = [];

  constructor(choose: (digit: Uint8Array) => void) {
    this.#choose = choose;
    dark.addEventListener('change', () => {
      for (const tile of this.#tiles) tile.paint();
    });
  }

  show({count, of, digits}: Events['mistakes']): void {
    byId('wrong-count').textContent =
      `${count} of ${of.toLocaleString('en')} test digits are misclassified` +
      (count > digits.length ? `; the first ${digits.length}` : '');
    while (this.#tiles.length < digits.length) {
      const tile = new Tile(this.#choose);
      this.#tiles.push(tile);
      byId('mistakes').append(tile.button);
    }
    this.#tiles.forEach((tile, i) => {
      tile.show(digits[i]);
    });
  }
}

/** A wrong digit; its elements are reused, as tests are frequent during training. */
class Tile {
  readonly #canvas = make('canvas', {width: SIDE, height: SIDE, ariaHidden: 'true'});
  readonly #text = make('span', {});
  readonly button = make('button', {type: 'button', className: 'mistake'}, this.#canvas, this.#text);
  #mistake: Mistake | undefined;

  constructor(choose: (digit: Uint8Array) => void) {
    this.button.addEventListener('click', () => this.#mistake && choose(this.#mistake.pixels));
  }

  show(mistake: Mistake | undefined): void {
    this.button.hidden = mistake === undefined;
    this.#mistake = mistake;
    if (mistake) {
      const {label, read} = mistake;
      this.#text.textContent = `${label} classified as ${read}`;
      this.paint();
    }
  }

  paint(): void {
    if (this.#mistake)
      paintDigit(
        this.#canvas,
        Array.from(this.#mistake.pixels, (grey) => grey / 255),
      );
  }
}
