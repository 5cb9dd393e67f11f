import {byId, colour, dark, make, pixelContext} from '../dom';
import type {Inspected, WeightView} from '../protocol';
import {SIDE, SIZE} from '../shards';
import {soon} from '../soon';
import {pixelsRead} from './maskLayout';
import {MaskMap} from './maskMap';

type Ask = (weight: string, index: number) => Promise<Inspected>;

/** The heat maps of all weights, and why the selected element was kept or pruned. */
export class Masks {
  readonly #ask: Ask;
  #maps = new Map<string, MaskMap>();
  #pixels: PixelMap | undefined;
  #shapes = '';
  #next: [string, number, string] | undefined;
  #asking = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  show(views: WeightView[]): void {
    const shapes = JSON.stringify(views.map(({name, shape}) => [name, shape]));
    if (shapes !== this.#shapes) {
      this.#shapes = shapes;
      this.#maps = new Map(
        views.map((view) => [view.name, new MaskMap(view, (...what) => this.#inspect(...what))]),
      );
      const reading = views.find(({shape}) => shape[0] === SIZE);
      this.#pixels = reading && new PixelMap();
      const all = [
        ...(this.#pixels ? [this.#pixels.element] : []),
        ...[...this.#maps.values()].map(({element}) => element),
      ];
      byId('maps').replaceChildren(...all);
    }
    for (const view of views) {
      soon(`map ${view.name}`, () => this.#maps.get(view.name)?.show(view));
      if (view.shape[0] === SIZE) soon('pixels', () => this.#pixels?.show(view));
    }
  }

  /** Inspects the element pointed at last, one request at a time. */
  async #inspect(...what: [string, number, string]): Promise<void> {
    this.#next = what;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#next) {
      const [weight, index, place] = this.#next;
      this.#next = undefined;
      try {
        byId('inspected').textContent = inWords(weight + place, await this.#ask(weight, index));
      } catch {
        // The network has been replaced.
      }
    }
    this.#asking = false;
  }
}

/** Why an element was kept or pruned. */
export function inWords(name: string, {value, kept, score, threshold, epoch}: Inspected): string {
  const number = (of: number) => (Math.abs(of) < 0.001 && of !== 0 ? of.toExponential(1) : of.toFixed(4));
  if (kept) {
    const why =
      score === undefined || threshold === undefined
        ? 'nothing was pruned yet'
        : `its score ${number(score)} reaches the threshold ${number(threshold)}`;
    return `${name} = ${value === 0 ? '0' : number(value)} was kept: ${why}.`;
  }
  const when = epoch === undefined ? 'is pruned' : `was pruned in epoch ${epoch.toFixed(1)}`;
  const why =
    score === undefined || threshold === undefined
      ? 'its score is unknown'
      : `its score ${number(score)} was below the threshold ${number(threshold)}`;
  return `${name} ${when}: ${why}.`;
}

/** For a dense layer on pixels: how many of its units still use each pixel. */
class PixelMap {
  readonly #canvas = make('canvas', {width: SIDE, height: SIDE});
  readonly element = make(
    'figure',
    {className: 'map', style: `--cells: ${SIDE}; --cell: 6px`},
    make(
      'figcaption',
      {},
      make('strong', {}, 'Pixels in use'),
      ' ',
      make('span', {className: 'quiet'}, 'darker pixels are used by more units'),
    ),
    make('div', {className: 'frame'}, this.#canvas),
  );
  #view: WeightView | undefined;

  constructor() {
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute(
      'aria-label',
      'The 28×28 pixels, shaded by the number of units that still use each',
    );
    dark.addEventListener('change', () => this.#view && this.show(this.#view));
  }

  show(view: WeightView): void {
    this.#view = view;
    const [from, to] = [colour('--map-gone'), colour('--map-positive')];
    const image = new ImageData(SIDE, SIDE);
    const read = pixelsRead(view.mask, view.shape[1]);
    const most = Math.max(...read);
    read.forEach((share, pixel) => {
      for (let c = 0; c < 3; c++) {
        image.data[pixel * 4 + c] = from[c] + (to[c] - from[c]) * (share / most);
      }
      image.data[pixel * 4 + 3] = 255;
    });
    pixelContext(this.#canvas).putImageData(image, 0, 0);
  }
}
