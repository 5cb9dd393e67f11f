import {byId} from '../dom';
import type {Events, Tick} from '../protocol';
import {soon} from '../soon';
import {Chart, type Line, type Phase} from './chart';

const pruned = {label: 'pruned', colour: '--pruned'};
const dense = {label: 'dense', colour: '--dense', dash: [5, 3]};
const inPercent = (value: number) => `${value.toFixed(1)} %`;
const byEpoch = (title: string, lines: Line[], format: (value: number) => string, range?: [number, number]) =>
  new Chart({title, axis: 'epoch', lines, format, range});

/** Accuracy, sparsity, loss and time per step over the epochs of a run. */
export class Charts {
  readonly #accuracy = byEpoch('Accuracy, %', [pruned, dense], inPercent);
  readonly #sparsity = byEpoch(
    'Sparsity, %',
    [
      {...pruned, label: 'reached', stepped: true},
      {label: 'scheduled', colour: '--dense', dash: [2, 3], stepped: true},
    ],
    inPercent,
    [0, 100],
  );
  readonly #loss = byEpoch('Loss', [pruned, dense], (value) => value.toFixed(3));
  readonly #time = byEpoch('Time per step, ms', [pruned], (value) => value.toFixed(1));
  #plan: Events['plan'] = {epochs: 1, updates: []};
  #phases: Phase[] = [];
  #ticks: Tick[] = [];

  constructor() {
    byId('charts').replaceChildren(
      ...[this.#accuracy, this.#sparsity, this.#loss, this.#time].map(({element}) => element),
    );
  }

  /** Clears the charts for a new run with this plan. */
  begin(plan: Events['plan']): void {
    this.#plan = plan;
    this.#phases = phasesOf(plan);
    this.#ticks = [];
    byId('charts').hidden = false;
    byId('trail').hidden = true;
    this.#draw();
  }

  add(tick: Tick): void {
    this.#ticks.push(tick);
    soon('charts', () => this.#draw());
  }

  async #draw(): Promise<void> {
    const {default: uPlot} = await import('uplot');
    const {epochs, updates} = this.#plan;
    const ticks = this.#ticks;
    const phases = this.#phases;
    const column = (value: (tick: Tick) => number | undefined) => ticks.map((tick) => value(tick) ?? null);
    const share = (value: number | undefined) => (value === undefined ? undefined : value * 100);
    const x = ticks.map(({epoch}) => epoch);
    const tested = ticks.filter(({accuracy}) => accuracy !== undefined);
    const asked = [{epoch: 0, target: 0}, ...updates, {epoch: epochs, target: updates.at(-1)?.target ?? 0}];
    const joined = uPlot.join([
      [x, column(({sparsity}) => share(sparsity))],
      [
        asked.map(({epoch}) => epoch),
        updates.length ? asked.map(({target}) => target * 100) : asked.map(() => null),
      ],
    ]);
    // Each in its own task, so that none is long.
    soon('chart of accuracy', () =>
      this.#accuracy.show(
        epochs,
        [
          tested.map(({epoch}) => epoch),
          tested.map(({accuracy}) => share(accuracy) ?? null),
          tested.map(({denseAccuracy}) => share(denseAccuracy) ?? null),
        ],
        phases,
      ),
    );
    soon('chart of sparsity', () => this.#sparsity.show(epochs, joined, phases));
    soon('chart of loss', () =>
      this.#loss.show(epochs, [x, column(({loss}) => loss), column(({denseLoss}) => denseLoss)], phases),
    );
    soon('chart of time', () => this.#time.show(epochs, [x, column(({step}) => step)], phases));
  }
}

/** The phases of a run that prunes. */
function phasesOf({epochs, updates}: Events['plan']): Phase[] {
  const [first, last] = [updates.at(0)?.epoch, updates.at(-1)?.epoch];
  if (first === undefined || last === undefined) return [{name: 'recover', from: 0, to: epochs}];
  return [
    {name: 'learn', from: 0, to: first},
    {name: 'prune', from: first, to: last},
    {name: 'recover', from: last, to: epochs},
  ];
}
