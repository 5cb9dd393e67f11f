import uPlot from 'uplot';
import {byId, dark, make} from '../dom';
import type {Events, Tick} from '../protocol';
import {soon} from '../soon';

const HEIGHT = 150;

interface Line {
  readonly label: string;
  readonly colour: string;
  readonly dash?: number[];
  readonly stepped?: boolean;
}

const pruned = {label: 'pruned', colour: '--pruned'};
const dense = {label: 'dense', colour: '--dense', dash: [5, 3]};

/** Loss, accuracy and sparsity over the epochs of a run. */
export class Charts {
  readonly #loss = new Chart('Loss', [pruned, dense], (value) => value.toFixed(3));
  readonly #accuracy = new Chart(
    'Accuracy on test digits',
    [pruned, dense],
    (value) => `${value.toFixed(1)} %`,
  );
  readonly #sparsity = new Chart(
    'Sparsity',
    [
      {...pruned, label: 'reached', stepped: true},
      {label: 'scheduled', colour: '--dense', dash: [2, 3], stepped: true},
    ],
    (value) => `${value.toFixed(1)} %`,
    [0, 100],
  );
  #plan: Events['plan'] = {epochs: 1, updates: []};
  #ticks: Tick[] = [];

  constructor() {
    byId('charts').replaceChildren(
      ...[this.#loss, this.#accuracy, this.#sparsity].map(({element}) => element),
    );
  }

  /** Clears the charts for a new run with this plan. */
  begin(plan: Events['plan']): void {
    this.#plan = plan;
    this.#ticks = [];
    byId('charts').hidden = false;
    byId('no-run').hidden = true;
    this.#draw();
  }

  add(tick: Tick): void {
    this.#ticks.push(tick);
    soon('charts', () => this.#draw());
  }

  #draw(): void {
    const {epochs, updates} = this.#plan;
    const ticks = this.#ticks;
    const column = (value: (tick: Tick) => number | undefined) => ticks.map((tick) => value(tick) ?? null);
    const share = (value: number | undefined) => (value === undefined ? undefined : value * 100);
    const x = ticks.map(({epoch}) => epoch);
    this.#loss.show(epochs, [x, column(({loss}) => loss), column(({denseLoss}) => denseLoss)]);
    const tested = ticks.filter(({accuracy}) => accuracy !== undefined);
    this.#accuracy.show(epochs, [
      tested.map(({epoch}) => epoch),
      tested.map(({accuracy}) => share(accuracy) ?? null),
      tested.map(({denseAccuracy}) => share(denseAccuracy) ?? null),
    ]);
    const asked = [{epoch: 0, target: 0}, ...updates, {epoch: epochs, target: updates.at(-1)?.target ?? 0}];
    const joined = uPlot.join([
      [x, column(({sparsity}) => share(sparsity))],
      [
        asked.map(({epoch}) => epoch),
        updates.length ? asked.map(({target}) => target * 100) : asked.map(() => null),
      ],
    ]);
    this.#sparsity.show(epochs, joined);
  }
}

/** A chart with a legend of its lines and their last values, for screen readers too. */
class Chart {
  readonly element: HTMLElement;
  readonly #lines: Line[];
  readonly #format: (value: number) => string;
  readonly #values: HTMLElement[];
  readonly #box = make('div', {className: 'plot', ariaHidden: 'true'});
  readonly #range: [number, number] | undefined;
  #plot: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];
  #epochs = 1;

  constructor(title: string, lines: Line[], format: (value: number) => string, range?: [number, number]) {
    this.#lines = lines;
    this.#format = format;
    this.#range = range;
    this.#values = lines.map(() => make('b', {}, '–'));
    const legend = lines.map(({label, colour, dash}, i) =>
      make(
        'li',
        {style: `--line: var(${colour}); --style: ${dash ? 'dashed' : 'solid'}`},
        `${label} `,
        this.#values[i],
      ),
    );
    this.element = make(
      'figure',
      {className: 'chart'},
      make('figcaption', {}, title),
      this.#box,
      make('ul', {className: 'legend'}, ...legend),
    );
    new ResizeObserver(([{contentRect}]) =>
      this.#plot?.setSize({width: contentRect.width, height: HEIGHT}),
    ).observe(this.#box);
    dark.addEventListener('change', () => this.#make());
  }

  show(epochs: number, data: uPlot.AlignedData): void {
    this.#data = data;
    if (!this.#plot || epochs !== this.#epochs) {
      this.#epochs = epochs;
      this.#make();
    } else {
      this.#plot.setData(data);
    }
    this.#lines.forEach((_, i) => {
      const last = [...data[i + 1]].reverse().find((value) => value != null);
      this.#values[i].textContent = last == null ? '–' : this.#format(last);
    });
  }

  #make(): void {
    this.#plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const of = (name: string) => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: of('--muted'),
      grid: {stroke: of('--line'), width: 1},
      ticks: {show: false},
      font: '11px system-ui, sans-serif',
      gap: 4,
    };
    this.#plot = new uPlot(
      {
        width: this.#box.clientWidth || 240,
        height: HEIGHT,
        legend: {show: false},
        cursor: {show: false},
        scales: {x: {time: false, range: [0, this.#epochs]}, y: this.#range ? {range: this.#range} : {}},
        axes: [
          {...axis, size: 22, space: 40, incrs: [1, 2, 5, 10, 20]},
          {...axis, size: 34, space: 30},
        ],
        series: [
          {},
          ...this.#lines.map(({label, colour, dash, stepped}) => ({
            label,
            stroke: of(colour),
            width: 2,
            dash,
            spanGaps: true,
            points: {show: false},
            paths: stepped ? uPlot.paths.stepped?.({align: 1}) : undefined,
          })),
        ],
      },
      this.#data,
      this.#box,
    );
  }
}
