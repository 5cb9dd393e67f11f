import {byId, count, make} from '../dom';
import type {WeightView} from '../protocol';

const BINS = 40;

/** The number of weights by magnitude, pruned and remaining ones. */
export class Histogram {
  readonly #bars = Array.from({length: BINS}, () => make('i', {}));
  readonly #text = make('p', {className: 'quiet'});
  /** The magnitudes before the pruning, by weight; pruned weights are 0. */
  #magnitudes = new Map<string, Float32Array>();

  constructor() {
    byId('histogram').replaceChildren(
      make('div', {className: 'bins', ariaHidden: 'true'}, ...this.#bars),
      make(
        'p',
        {className: 'ends quiet', ariaHidden: 'true'},
        make('span', {}, '0'),
        make('span', {}, 'magnitude'),
      ),
      this.#text,
    );
  }

  show(views: WeightView[]): void {
    for (const {name, values, mask} of views) {
      const before = this.#magnitudes.get(name);
      const known = before?.length === values.length ? before : undefined;
      this.#magnitudes.set(
        name,
        values.map((value, i) => (mask[i] === 1 ? Math.abs(value) : (known?.[i] ?? 0))),
      );
    }
    const all = views.map(({name}) => this.#magnitudes.get(name) as Float32Array);
    const largest = all.reduce((most, values) => values.reduce((a, b) => Math.max(a, b), most), 1e-9) / 2;
    const kept = new Uint32Array(BINS);
    const gone = new Uint32Array(BINS);
    views.forEach(({mask}, w) => {
      for (let i = 0; i < mask.length; i++) {
        const bin = Math.min(BINS - 1, Math.floor((all[w][i] / largest) * BINS));
        (mask[i] === 1 ? kept : gone)[bin]++;
      }
    });
    const most = Math.log1p(Math.max(...kept.map((value, bin) => value + gone[bin])));
    this.#bars.forEach((bar, bin) => {
      // Logarithmic, because nearly all weights are in the first bins.
      const height = Math.log1p(kept[bin] + gone[bin]) / most;
      const share = gone[bin] / Math.max(1, kept[bin] + gone[bin]);
      bar.style.cssText = `--height: ${height}; --gone: ${share}`;
    });
    const [below] = [kept[0] + gone[0]];
    this.#text.textContent = `The first of ${BINS} bars counts ${count(below)} weights. The scale is logarithmic.`;
  }
}
