import {ClassCard} from './classCard';
import {BYTES, type Examples} from './protocol';

/** One image of five is for testing. */
const LEAST = 5;
const MOST_CLASSES = 8;

type Asks = Pick<ConstructorParameters<typeof ClassCard>[1], 'frame' | 'changed' | 'problem'>;

/** The classes that the reader names. */
export class Classes {
  readonly #place: HTMLElement;
  readonly #asks: Asks;
  #cards: ClassCard[] = [];
  #made = 0;

  constructor(place: HTMLElement, asks: Asks) {
    this.#place = place;
    this.#asks = asks;
  }

  add(): void {
    this.#made++;
    const card = new ClassCard(`class ${this.#made}`, {
      ...this.#asks,
      remove: (removed) => {
        this.#cards = this.#cards.filter((other) => other !== removed);
        removed.element.remove();
        this.#asks.changed();
      },
    });
    this.#cards.push(card);
    this.#place.append(card.element);
    this.#asks.changed();
  }

  get isFull(): boolean {
    return this.#cards.length >= MOST_CLASSES;
  }

  get names(): string[] {
    return this.#cards.map(({name}) => name);
  }

  get examples(): Examples {
    const images = this.#cards.flatMap((card) => card.images);
    const pixels = new Uint8Array(images.length * BYTES);
    images.forEach((image, i) => {
      pixels.set(image, i * BYTES);
    });
    const labels = Uint8Array.from(this.#cards.flatMap(({images}, label) => images.map(() => label)));
    return {classes: this.#cards.length, labels, pixels};
  }

  /** The reason why these images cannot be trained on; undefined if they can. */
  get missing(): string | undefined {
    const {names} = this;
    if (names.includes('') || new Set(names).size < names.length) return 'Give each class a different name.';
    const few = this.#cards.find(({images}) => images.length < LEAST);
    return few && `Add at least ${LEAST} images of ${few.name}; 20 or more are better.`;
  }

  /** Enables recording while the camera is on, and removing while more than two classes remain. */
  enable(hasCamera: boolean): void {
    for (const card of this.#cards) card.enable({record: hasCamera, remove: this.#cards.length > 2});
  }
}
