import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {ChannelGraph} from '../../channels/channelGraph';
import {type Network, readNetwork} from '../../model/network';
import type {Layer} from '../../model/tfjs';
import {leaves} from '../../model/tree';
import {table} from '../../util/table';
import {type Cost, costOf} from './cost';
import {channelsMadeBy, keptReasons} from './keptReasons';
import type {KeptChannels} from './solveKept';

/** The difference between a model and the one that `compact` made of it. */
export interface CompactReport {
  /** The cost of the model that was given. */
  readonly before: Cost;
  /** The cost of the new model. */
  readonly after: Cost;
  /** The layers that produce channels, with the number of them; 0 after if the layer was removed. */
  readonly layers: readonly {readonly layer: string; readonly before: number; readonly after: number}[];
  /** The layers, by path, with channels that could not be removed, and why. */
  readonly whole: readonly {readonly layer: string; readonly reason: string}[];
  /** The report as a table. */
  toString(): string;
}

/** A new model reports on itself no more than any other does; its report is kept for as long as the model is. */
const reports = new WeakMap<LayersModel, CompactReport>();

/**
 * Reports the parts that `compact` removed: each layer's channels before and after, parameters, MACs and bytes, and the layers that
 * could not be reduced, with the reason.
 *
 * @param model A model that `compact` returned. Models loaded or made from it have no report.
 * @returns the channels of each layer before and after, and the costs of both models; as text, a table.
 * @throws if the model was not returned by `compact`.
 * @example console.log(compactReport(await compact(model)).toString())
 */
export function compactReport(model: LayersModel): CompactReport {
  const {refuse} = readNetwork('compactReport', model);
  const report = reports.get(model);
  if (report === undefined) {
    throw refuse(
      `model "${model.name}" was not returned by compact(); give the model itself, not a copy, or use report()`,
    );
  }
  return report;
}

/**
 * Notes the difference between a model and the one that `compact` made of it.
 *
 * @param isLeft Whether a layer of the given model has a counterpart in the new one.
 */
export function noteReport(
  network: Network,
  made: LayersModel,
  graph: ChannelGraph,
  kept: KeptChannels,
  isLeft: (layer: Layer) => boolean,
): void {
  const [before, after] = [costOf(network.leaves), costOf(leaves(made))];
  const layers = graph.layers.flatMap((node) => {
    const ids = channelsMadeBy(node);
    const count = isLeft(node.layer) ? kept.count(ids) : 0;
    return ids.length === 0 ? [] : [{layer: node.path, before: ids.length, after: count}];
  });
  const whole = graph.layers.flatMap((node) =>
    keptReasons(node, graph, kept).map((reason) => ({layer: node.path, reason})),
  );
  const toText = () => textOf(before, after, layers, whole);
  reports.set(made, {before, after, layers, whole, toString: toText});
}

function textOf(
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
