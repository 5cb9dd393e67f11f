import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {ChannelGraph} from '../../channels/channelGraph';
import type {Network} from '../../model/network';
import type {Layer} from '../../model/tfjs';
import {leaves} from '../../model/tree';
import {table} from '../../util/table';
import {type Cost, costOf} from './cost';
import {channelsMadeBy, keptReasons} from './keptReasons';
import type {KeptChannels} from './solveKept';

/** The result of `compact`. */
export interface CompactReport {
  readonly before: Cost;
  readonly after: Cost;
  /** The layers that produce channels, with the number of them; 0 after if the layer was removed. */
  readonly layers: readonly {readonly layer: string; readonly before: number; readonly after: number}[];
  /** The layers, by path, with channels that could not be removed, and why. */
  readonly whole: readonly {readonly layer: string; readonly reason: string}[];
  /** The report as a table. */
  toString(): string;
}

/**
 * Reports the difference between a model and the one that `compact` made of it.
 *
 * @param isLeft Whether a layer of the given model has a counterpart in the new one.
 */
export function compactReport(
  network: Network,
  made: LayersModel,
  graph: ChannelGraph,
  kept: KeptChannels,
  isLeft: (layer: Layer) => boolean,
): CompactReport {
  const [before, after] = [costOf(network.leaves), costOf(leaves(made))];
  const layers = graph.layers.flatMap((node) => {
    const ids = channelsMadeBy(node);
    const count = isLeft(node.layer) ? kept.count(ids) : 0;
    return ids.length === 0 ? [] : [{layer: node.path, before: ids.length, after: count}];
  });
  const whole = graph.layers.flatMap((node) =>
    keptReasons(node, graph, kept).map((reason) => ({layer: node.path, reason})),
  );
  return {before, after, layers, whole, toString: () => toText(before, after, layers, whole)};
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
