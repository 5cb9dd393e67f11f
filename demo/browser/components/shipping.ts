import {byId, count, make} from '../dom';
import type {Shipped, Ways} from '../protocol';

const rows: {label: string; of: keyof Shipped; digits: number}[] = [
  {label: 'Parameters', of: 'parameters', digits: 0},
  {label: 'Multiplications', of: 'macs', digits: 0},
  {label: 'Bytes', of: 'bytes', digits: 0},
  {label: '250 digits, ms', of: 'milliseconds', digits: 1},
];

/** The button that measures the shipped forms of the network, and its table of results. */
export class Shipping {
  readonly #button = byId<HTMLButtonElement>('ship');

  constructor(measure: () => Promise<Ways | undefined>) {
    this.#button.addEventListener('click', async () => {
      const ways = await measure();
      if (ways) show(ways);
    });
  }

  set disabled(disabled: boolean) {
    this.#button.disabled = disabled;
  }
}

function show(ways: Ways): void {
  const head = (text: string, scope: string) => make('th', {scope}, text);
  const names = Object.keys(ways) as (keyof Ways)[];
  const cells = ({of, digits}: (typeof rows)[number]) =>
    names.map((name) => {
      const value = ways[name][of];
      return make('td', {}, digits > 0 ? value.toFixed(digits) : count(value));
    });
  const table = byId('shipped');
  table.replaceChildren(
    make('thead', {}, make('tr', {}, make('td', {}), ...names.map((name) => head(name, 'col')))),
    make('tbody', {}, ...rows.map((row) => make('tr', {}, head(row.label, 'row'), ...cells(row)))),
  );
  table.hidden = false;
}
