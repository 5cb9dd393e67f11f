import {byId, count, kilobytes, make, percent} from '../dom';
import type {Events, Shipment, Sizes, WeightView} from '../protocol';

const rows: {label: string; of: keyof Sizes; format: (value: number) => string}[] = [
  {label: 'Parameters', of: 'parameters', format: count},
  {label: 'Multiplications per digit', of: 'macs', format: count},
  {label: 'File: weights.bin, .tfsp', of: 'bytes', format: kilobytes},
];

/** The sizes of the dense and the pruned network, and the remaining share of each layer. */
export class Numbers {
  #accuracy: Events['accuracy'] = {dense: 0, pruned: 0};
  #sizes: Events['sizes'] | undefined;
  #shipment: Shipment | undefined;
  #bars: {name: string; bar: HTMLElement; text: HTMLElement}[] = [];

  setAccuracy(accuracy: Events['accuracy']): void {
    this.#accuracy = accuracy;
    this.#table();
  }

  setSizes(sizes: Events['sizes']): void {
    this.#sizes = sizes;
    this.#table();
  }

  setShipment(shipment: Shipment): void {
    this.#shipment = shipment;
    this.#table();
  }

  /** A bar for the remaining share of each weight. */
  setLayers(views: WeightView[]): void {
    if (views.map(({name}) => name).join() !== this.#bars.map(({name}) => name).join()) {
      this.#bars = views.map(({name}) => ({
        name,
        bar: make('span', {className: 'bar', ariaHidden: 'true'}),
        text: make('b', {}),
      }));
      byId('layers').replaceChildren(
        ...this.#bars.map(({name, bar, text}) =>
          make('div', {className: 'layer'}, make('span', {}, name), text, bar),
        ),
      );
    }
    this.#bars.forEach(({bar, text}, i) => {
      const {mask} = views[i];
      const kept = mask.reduce((sum, bit) => sum + bit, 0);
      bar.style.setProperty('--share', String(kept / mask.length));
      text.textContent = `${count(kept)} of ${count(mask.length)} remain`;
    });
  }

  #table(): void {
    const {dense, pruned} = this.#accuracy;
    const head = (text: string, scope: string) => make('th', {scope}, text);
    const row = (label: string, ...cells: string[]) =>
      make('tr', {}, head(label, 'row'), ...cells.map((cell) => make('td', {}, cell)));
    const sizes = this.#sizes;
    byId('sizes').replaceChildren(
      make(
        'thead',
        {},
        make('tr', {}, make('td', {}), head('dense', 'col'), head('pruned', 'col'), head('factor', 'col')),
      ),
      make(
        'tbody',
        {},
        row('Accuracy on 1,000 test digits', percent(dense), percent(pruned), ''),
        ...rows.map(({label, of, format}) =>
          sizes
            ? row(
                label,
                format(sizes.dense[of]),
                format(sizes.pruned[of]),
                times(sizes.dense[of], sizes.pruned[of]),
              )
            : row(label, '…', '…', ''),
        ),
        ...this.#shipped().map(([label, ...cells]) => row(label, ...cells)),
      ),
    );
  }

  /** The rows of the dense network in tfjs and the pruned one as a module. */
  #shipped(): string[][] {
    const shipment = this.#shipment;
    const rows = ['Download: tfjs and model, module', 'Time for one digit'];
    if (!shipment) return rows.map((label) => [label, '…', '…', '']);
    const {bytes, tfjsBytes, microseconds, tfjsMicroseconds} = shipment;
    const micro = (time: number) => `${time < 10 ? time.toFixed(1) : count(time)} µs`;
    return [
      [rows[0], kilobytes(tfjsBytes), kilobytes(bytes), times(tfjsBytes, bytes)],
      [rows[1], micro(tfjsMicroseconds), micro(microseconds), times(tfjsMicroseconds, microseconds)],
    ];
  }
}

function times(before: number, after: number): string {
  const ratio = before / after;
  return ratio < 1.005 ? '–' : `${ratio.toFixed(ratio < 10 ? 1 : 0)} ×`;
}
