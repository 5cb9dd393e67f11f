import type uPlot from 'uplot';
import {dark, make} from '../dom';

const HEIGHT = 98;

export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly dash?: number[];
  readonly stepped?: boolean;
}

/** A part of the horizontal axis with a name. */
export interface Phase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

interface Options {
  readonly title: string;
  /** The name of the horizontal axis. */
  readonly axis: string;
  readonly lines: Line[];
  readonly format: (value: number) => string;
  readonly range?: [number, number];
  /** In pixels. */
  readonly height?: number;
}

/** A chart with a legend of its lines and their last values, for screen readers too. */
export class Chart {
  readonly element: HTMLElement;
  readonly #options: Options;
  readonly #values: HTMLElement[];
  readonly #box = make('div', {className: 'plot', ariaHidden: 'true'});
  #plot: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];
  #end = 1;
  #phases: readonly Phase[] = [];

  constructor(options: Options) {
    this.#options = options;
    const {title, lines, height = HEIGHT} = options;
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
      make('figcaption', {}, make('strong', {}, title), make('ul', {className: 'legend'}, ...legend)),
      this.#box,
    );
    new ResizeObserver(([{contentRect}]) => this.#plot?.setSize({width: contentRect.width, height})).observe(
      this.#box,
    );
    dark.addEventListener('change', () => this.#plot && this.#make());
  }

  /** Shows the data over an axis from 0 to `end`. */
  show(end: number, data: uPlot.AlignedData, phases: readonly Phase[] = []): void {
    this.#data = data;
    if (!this.#plot || end !== this.#end || phases !== this.#phases) {
      this.#end = end;
      this.#phases = phases;
      this.#make();
    } else {
      this.#plot.setData(data);
    }
    this.#options.lines.forEach((_, i) => {
      const last = [...data[i + 1]].reverse().find((value) => value != null);
      this.#values[i].textContent = last == null ? '–' : this.#options.format(last);
    });
  }

  /** The library is loaded with the first chart. */
  async #make(): Promise<void> {
    const {default: Plot} = await import('uplot');
    this.#plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const of = (name: string) => style.getPropertyValue(name).trim();
    const {range, lines, axis: name, height = HEIGHT} = this.#options;
    const font = '11px system-ui, sans-serif';
    const axis: uPlot.Axis = {
      stroke: of('--muted'),
      grid: {stroke: of('--line'), width: 1},
      ticks: {show: false},
      font,
      gap: 3,
    };
    this.#plot = new Plot(
      {
        width: this.#box.clientWidth || 240,
        height,
        padding: [this.#phases.length > 0 ? 14 : 6, 13, 0, 0],
        legend: {show: false},
        cursor: {show: false},
        scales: {x: {time: false, range: [0, this.#end]}, y: range ? {range} : {}},
        axes: [
          {...axis, size: 17, space: 40, label: name, labelSize: 14, labelGap: 0, labelFont: font},
          {...axis, size: 34, space: 26},
        ],
        series: [
          {},
          ...lines.map(({label, colour, dash, stepped}) => ({
            label,
            stroke: of(colour),
            width: 2,
            dash,
            spanGaps: true,
            points: {show: false},
            paths: stepped ? Plot.paths.stepped?.({align: 1}) : undefined,
          })),
        ],
        hooks: {drawClear: [(plot) => this.#shade(plot, of('--line'), of('--muted'), font)]},
      },
      this.#data,
      this.#box,
    );
  }

  /** Separates the phases by lines, and names them above. */
  #shade(plot: uPlot, line: string, text: string, font: string): void {
    const {ctx, bbox} = plot;
    ctx.save();
    ctx.font = font.replace('11px', `${10 * devicePixelRatio}px`);
    ctx.textAlign = 'center';
    for (const {name, from, to} of this.#phases) {
      const [left, right] = [from, to].map((at) => plot.valToPos(at, 'x', true));
      ctx.fillStyle = text;
      ctx.fillText(name, (left + right) / 2, bbox.top - 4 * devicePixelRatio);
      if (from === 0) continue;
      ctx.fillStyle = line;
      ctx.fillRect(
        left,
        bbox.top - 12 * devicePixelRatio,
        2 * devicePixelRatio,
        bbox.height + 12 * devicePixelRatio,
      );
    }
    ctx.restore();
  }
}
