import {colour, count, dark, make, percent, pixelContext, still} from '../dom';
import type {WeightView} from '../protocol';
import {MaskCursor} from './maskCursor';
import {indicesOf, type Layout, layoutOf} from './maskLayout';

/** How long newly pruned weights are highlighted, in milliseconds, and the number of fading steps. */
const FADE = 900;
const STEPS = 8;
/** The maximum width of a map, in pixels of the page; a narrower page shrinks it. */
const WIDTH = 640;
/** Maps of more cells across take a whole row. */
const WIDE = 100;

const names = ['positive', 'negative', 'faint', 'zero', 'gone', 'just'] as const;
type Colours = Record<(typeof names)[number], [number, number, number]>;

/** The size of a cell in whole pixels of the page, at least one if there is room. */
function cellOf(width: number): number {
  const cell = WIDTH / width;
  return cell > 3 ? Math.min(6, Math.floor(cell)) : cell;
}

/** A weight as a heat map: kept elements by value, kept zeros in a separate colour, pruned ones empty, newly pruned ones flashing. */
export class MaskMap {
  readonly element: HTMLElement;
  readonly #layout: Layout;
  readonly #canvas: HTMLCanvasElement;
  readonly #text = make('span', {className: 'quiet'});
  /** For screen readers. */
  readonly #detail = make('span', {className: 'unseen'});
  readonly #image: ImageData;
  #view: WeightView | undefined;
  #just: number[] = [];
  #flash = 0;
  #timer = 0;

  constructor({name, shape}: WeightView, inspect: (weight: string, index: number, place: string) => void) {
    this.#layout = layoutOf(shape);
    const {width, height, caption} = this.#layout;
    this.#image = new ImageData(width, height);
    this.#canvas = make('canvas', {width, height, tabIndex: 0});
    this.#canvas.setAttribute('role', 'application');
    this.#canvas.setAttribute('aria-roledescription', 'heat map');
    this.#canvas.setAttribute('aria-label', `${name}: ${caption}. Arrow keys move over the weights.`);
    const cursor = new MaskCursor(this.#canvas, this.#layout, (element) =>
      inspect(name, element, `[${indicesOf(shape, element).join(', ')}]`),
    );
    this.element = make(
      'figure',
      {
        className: `map ${width > WIDE ? 'wide' : ''} ${height > width / 3 ? 'tall' : ''}`,
        style: `--cells: ${width}; --cell: ${cellOf(width)}px`,
      },
      make('figcaption', {}, make('strong', {}, name), ' ', this.#text, ' ', this.#detail),
      make('div', {className: 'frame'}, this.#canvas, cursor.element),
    );
    dark.addEventListener('change', () => this.#paint());
  }

  show(view: WeightView): void {
    const before = this.#view?.mask;
    this.#view = view;
    const kept = view.mask.reduce((sum, bit) => sum + bit, 0);
    const zeros = view.mask.reduce((sum, bit, i) => sum + (view.values[i] === 0 ? bit : 0), 0);
    const remaining = `${count(kept)} of ${count(view.mask.length)} remain${zeros > 0 ? `, ${count(zeros)} of them 0` : ''}`;
    this.#text.textContent = `${percent(1 - kept / view.mask.length)} pruned`;
    this.#detail.textContent = `${remaining}; ${this.#layout.caption}`;
    if (before) {
      const just = [];
      for (let i = 0; i < before.length; i++) {
        if (before[i] === 1 && view.mask[i] === 0) just.push(i);
      }
      if (just.length > 0) {
        this.#just = just;
        this.#flash = performance.now();
      }
    }
    this.#paint();
  }

  #paint(): void {
    const view = this.#view;
    if (!view) return;
    const colours = Object.fromEntries(names.map((name) => [name, colour(`--map-${name}`)])) as Colours;
    const largest = view.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    for (let i = 0; i < view.values.length; i++) {
      const value = view.values[i];
      if (view.mask[i] === 0) {
        this.#set(i, colours.gone, colours.gone, 0);
      } else if (value === 0) {
        this.#set(i, colours.zero, colours.zero, 0);
      } else {
        // The root makes small weights visible beside large ones.
        const strength = Math.sqrt(Math.min(1, Math.abs(value) / largest));
        this.#set(i, colours.faint, value < 0 ? colours.negative : colours.positive, strength);
      }
    }
    this.#fade(colours);
  }

  #set(element: number, from: readonly number[], to: readonly number[], share: number): void {
    const at = this.#layout.cells[element] * 4;
    for (let c = 0; c < 3; c++) {
      this.#image.data[at + c] = from[c] + (to[c] - from[c]) * share;
    }
    this.#image.data[at + 3] = 255;
  }

  /** With reduced motion, newly pruned weights keep their colour until the next cut. */
  #fade(colours: Colours): void {
    const left = still.matches ? 1 : Math.max(0, 1 - (performance.now() - this.#flash) / FADE);
    for (const element of this.#just) {
      if (this.#view?.mask[element] === 0) this.#set(element, colours.gone, colours.just, left);
    }
    pixelContext(this.#canvas).putImageData(this.#image, 0, 0);
    if (left === 0) {
      this.#just = [];
    } else if (this.#just.length > 0 && !still.matches) {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#fade(colours), FADE / STEPS);
    }
  }
}
