import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {ChannelGraph, LayerNode} from '../../channels/channelGraph';
import {builtInName, kindOf} from '../../model/kinds';
import type {Layer} from '../../model/tfjs';
import {isPrunable} from '../../model/weight';
import {table} from '../../util/table';
import {type Cost, costOf} from './cost';
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
  model: LayersModel,
  made: LayersModel,
  graph: ChannelGraph,
  kept: KeptChannels,
  isLeft: (layer: Layer) => boolean,
): CompactReport {
  const [before, after] = [costOf(model), costOf(made)];
  const layers = graph.layers.flatMap((node) => {
    const ids = channelsMadeBy(node);
    const count = isLeft(node.layer) ? kept.count(ids) : 0;
    return ids.length === 0 ? [] : [{layer: node.path, before: ids.length, after: count}];
  });
  const whole = graph.layers.flatMap((node) => reasonsOf(node, graph, kept));
  return {before, after, layers, whole, toString: () => toText(before, after, layers, whole)};
}

function channelsMadeBy({calls: [{propagation}]}: LayerNode): Int32Array {
  const weightAxes = propagation.weightAxes;
  const made = weightAxes.filter(({role}) => role === 'produces').flatMap(({ids}) => [...ids]);
  return Int32Array.from(new Set(made));
}

function reasonsOf(node: LayerNode, {channels}: ChannelGraph, kept: KeptChannels): CompactReport['whole'] {
  const {path, calls} = node;
  const [{propagation}] = calls;
  if (propagation.pinned !== undefined) {
    return [{layer: path, reason: propagation.pinned}];
  }
  const pins = [...channelsMadeBy(node)].map((id) => channels.pinned(id));
  const reasons = new Set(pins.filter((reason) => reason !== undefined));
  for (const {before, after} of kept.carried(node)) {
    const [stays, adds] = after === 1 ? ['stays', 'it adds'] : ['stay', 'they add'];
    reasons.add(
      `${after} of ${before} constant input channels ${stays}: at the borders ${adds} less than a bias would`,
    );
  }
  for (const reason of unmasked(node, kept)) {
    reasons.add(reason);
  }
  const isOwn = (reason: string) => reason.startsWith(`${path}: `);
  return [...reasons].map((reason) => ({
    layer: path,
    reason: isOwn(reason) ? reason.slice(path.length + 2) : reason,
  }));
}

/** Why constants remain that a layer with masks would have made 0. */
function unmasked({calls}: LayerNode, kept: KeptChannels): string[] {
  const [{propagation, inputs, outputs}] = calls;
  const weightAxes = propagation.weightAxes;
  const owners = new Map(
    weightAxes
      .filter(({owner, field, role}) => role === 'perChannel' && isMaskable(owner, field))
      .map(({owner, ids}) => [owner, ids]),
  );
  return [...owners].flatMap(([owner, ids]) => {
    const at = (values: Float64Array, place: number) =>
      values[Math.floor((place * values.length) / ids.length)];
    const count = [...ids.keys()].filter((place) => {
      const after = at(outputs[0].values, place);
      return kept.has(ids[place]) && !Number.isNaN(at(inputs[0].values, place) + after) && after !== 0;
    }).length;
    const factory = `prunable${owner.getClassName().replace(/D$/, 'd')}`;
    const isConstant = count === 1 ? 'channel is constant but' : 'channels are constant but';
    return count === 0
      ? []
      : [`${count} ${isConstant} not 0 after it, as it has no masks; use prunable() or ${factory}`];
  });
}

/** Whether a layer has no mask for a field, and a prunable one of its kind would. */
function isMaskable(owner: Layer, field: string): boolean {
  const {weights = {}, perChannel = []} = kindOf(owner) ?? {};
  return (
    !isPrunable(owner) &&
    builtInName(owner) !== undefined &&
    (field in weights || perChannel.flat().includes(field))
  );
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
