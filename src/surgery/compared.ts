import type {LayersModel} from '@tensorflow/tfjs-layers';
import {table} from '../table';
import {leaves} from '../tree';
import {type Cost, costOf} from './cost';
import type {Kept} from './keep';
import type {Site, Walk} from './site';

/** What `compact` removed from a model, and what it could not. */
export interface CompactReport {
  readonly before: Cost;
  readonly after: Cost;
  /** The layers that make channels, and how many of them; a layer that is gone has none. */
  readonly layers: readonly {readonly layer: string; readonly before: number; readonly after: number}[];
  /** What had to stay: the layers, in nested models by their paths, of which some channels could not go, and why. */
  readonly whole: readonly {readonly layer: string; readonly reason: string}[];
  /** All of it as a table. */
  toString(): string;
}

export function compared(model: LayersModel, made: LayersModel, graph: Walk, kept: Kept): CompactReport {
  const [before, after] = [costOf(model), costOf(made)];
  const left = new Set(leaves(made).map(({path}) => path));
  const layers = graph.sites.flatMap((site) => {
    const ids = channelsMadeBy(site);
    const count = left.has(site.path) ? kept.count(ids) : 0;
    return ids.length === 0 ? [] : [{layer: site.path, before: ids.length, after: count}];
  });
  const whole = graph.sites.flatMap((site) => reasonsOf(site, graph, kept));
  return {before, after, layers, whole, toString: () => toText(before, after, layers, whole)};
}

function channelsMadeBy({visits: [{passage}]}: Site): Int32Array {
  const slices = typeof passage === 'string' ? [] : passage.slices;
  const made = slices.filter(({role}) => role === 'makes').flatMap(({ids}) => [...ids]);
  return Int32Array.from(new Set(made));
}

function reasonsOf(site: Site, {channels}: Walk, kept: Kept): CompactReport['whole'] {
  const {path, visits} = site;
  const [{passage}] = visits;
  if (typeof passage === 'string') {
    return [{layer: path, reason: passage}];
  }
  const pins = [...channelsMadeBy(site)].map((id) => channels.pinned(id));
  const reasons = new Set(pins.filter((reason) => reason !== undefined));
  const constants = kept.unfolded(site);
  if (constants > 0) {
    reasons.add(`${constants} constant channels that it takes in are no bias, as it pads them`);
  }
  const isOwn = (reason: string) => reason.startsWith(`${path}: `);
  return [...reasons].map((reason) => ({
    layer: path,
    reason: isOwn(reason) ? reason.slice(path.length + 2) : reason,
  }));
}

function toText(
  before: Cost,
  after: Cost,
  layers: CompactReport['layers'],
  whole: CompactReport['whole'],
): string {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const rows = [
    ['', 'before', 'after'],
    ...layers.map((row) => [row.layer, number(row.before), number(row.after)]),
    ...(['parameters', 'macs', 'bytes'] as const).map((name) => [
      name === 'macs' ? 'MACs' : name,
      number(before[name]),
      number(after[name]),
    ]),
  ];
  return [table(rows), ...whole.map(({layer, reason}) => `not removed from ${layer}: ${reason}`)].join('\n');
}
