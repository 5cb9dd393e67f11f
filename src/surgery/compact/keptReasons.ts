import type {ChannelGraph, LayerNode} from '../../channels/channelGraph';
import {builtInName} from '../../model/builtIn';
import {kindOf} from '../../model/kinds';
import type {Layer} from '../../model/tfjs';
import {isPrunable} from '../../model/weight';
import type {KeptChannels} from './solveKept';

/** The channels that a layer produces. */
export function channelsMadeBy({calls: [{propagation}]}: LayerNode): Int32Array {
  const weightAxes = propagation.weightAxes;
  const made = weightAxes.filter(({role}) => role === 'produces').flatMap(({ids}) => [...ids]);
  return Int32Array.from(new Set(made));
}

/** Why channels of a layer could not be removed. */
export function keptReasons(node: LayerNode, {channels}: ChannelGraph, kept: KeptChannels): string[] {
  const {path, calls} = node;
  const [{propagation}] = calls;
  if (propagation.pinned !== undefined) return [propagation.pinned];
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
  return [...reasons].map((reason) => (isOwn(reason) ? reason.slice(path.length + 2) : reason));
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
