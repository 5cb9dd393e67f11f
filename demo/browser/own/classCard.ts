import {count, make} from '../dom';
import {imageIn, paint} from './images';
import {SIDE} from './protocol';

/** The last images of a class that are shown. */
const SHOWN = 8;
/** Frames of a recording, and the time between them in milliseconds. */
const FRAMES = 20;
const PACE = 100;

interface Asks {
  /** The present image of the camera; undefined if it is off. */
  frame(): Uint8Array | undefined;
  changed(): void;
  remove(card: ClassCard): void;
  problem(message: string): void;
}

/** A class: its name and its images, recorded, chosen or dropped. */
export class ClassCard {
  readonly images: Uint8Array[] = [];
  readonly #asks: Asks;
  readonly #name: HTMLInputElement;
  readonly #count = make('span', {className: 'quiet'}, 'no images yet');
  readonly #strip = make('canvas', {width: SIDE * SHOWN, height: SIDE, hidden: true, className: 'strip'});
  readonly #record = make('button', {type: 'button', disabled: true}, `Record ${FRAMES} images`);
  readonly #remove = make('button', {type: 'button', className: 'plain'}, 'Remove');
  readonly element: HTMLFieldSetElement;

  constructor(name: string, asks: Asks) {
    this.#asks = asks;
    this.#name = make('input', {type: 'text', value: name, maxLength: 24, required: true});
    this.#name.setAttribute('aria-label', 'Name of the class');
    this.#strip.setAttribute('role', 'img');
    const files = make('input', {type: 'file', accept: 'image/*', multiple: true, className: 'unseen'});
    this.element = make(
      'fieldset',
      {className: 'class'},
      make('p', {className: 'name'}, this.#name, this.#remove),
      make(
        'p',
        {className: 'buttons'},
        this.#record,
        make('label', {className: 'button'}, 'Choose images', files),
        this.#count,
      ),
      this.#strip,
    );
    this.#record.addEventListener('click', () => this.#recording());
    this.#remove.addEventListener('click', () => asks.remove(this));
    this.#name.addEventListener('input', () => this.#changed());
    files.addEventListener('change', async () => {
      await this.#add([...(files.files ?? [])]);
      files.value = '';
    });
    this.#listenForDrops();
    this.#show();
  }

  get name(): string {
    return this.#name.value.trim();
  }

  enable({record, remove}: {record: boolean; remove: boolean}): void {
    this.#record.disabled = !record;
    this.#remove.hidden = !remove;
  }

  async #recording(): Promise<void> {
    this.#record.disabled = true;
    for (let i = 0; i < FRAMES; i++) {
      const image = this.#asks.frame();
      if (!image) break;
      this.images.push(image);
      this.#changed();
      await new Promise((resolve) => setTimeout(resolve, PACE));
    }
    this.#asks.changed();
    this.#record.focus();
  }

  async #add(files: File[]): Promise<void> {
    for (const file of files) {
      try {
        this.images.push(await imageIn(file));
      } catch (error) {
        this.#asks.problem((error as Error).message);
      }
    }
    this.#changed();
  }

  #listenForDrops(): void {
    const {element} = this;
    const hover = (on: boolean) => element.classList.toggle('over', on);
    element.addEventListener('dragover', (event) => {
      event.preventDefault();
      hover(true);
    });
    element.addEventListener('dragleave', () => hover(false));
    element.addEventListener('drop', (event) => {
      event.preventDefault();
      hover(false);
      this.#add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  #changed(): void {
    this.#show();
    this.#asks.changed();
  }

  #show(): void {
    const {images} = this;
    if (images.length > 0) this.#count.textContent = `${count(images.length)} images`;
    this.element.setAttribute('aria-label', `Class ${this.name}`);
    this.#strip.hidden = images.length === 0;
    this.#strip.setAttribute('aria-label', `The last images of ${this.name}`);
    this.#strip.width = SIDE * SHOWN;
    images.slice(-SHOWN).forEach((image, i) => {
      paint(image, this.#strip, i);
    });
  }
}
