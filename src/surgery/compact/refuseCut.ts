import type {ChannelGraph} from '../../channels/channelGraph';
import type {ChannelTensor, WeightAxis} from '../../channels/rules/rule';
import {kindOf} from '../../model/kinds';
import type {Network} from '../../model/network';
import type {Read} from '../../model/readAll';
import {hasMaskedWeight} from '../../model/weight';

/** Throws if a tensor without remaining channels is the output of a masked layer whose weights are all 0. */
export function refuseCut(
  network: Network,
  {channels, layers}: ChannelGraph,
  {ids}: ChannelTensor,
  read: Read,
): void {
  const roots = new Set(Array.from(ids, (id) => channels.find(id)));
  for (const {layer, path, calls} of layers) {
    const produced = calls[0].propagation.weightAxes.filter(
      ({role, ids: own}) => role === 'produces' && own.some((id) => roots.has(channels.find(id))),
    );
    if (produced.length > 0 && hasMaskedWeight(layer) && isCut(produced, read)) {
      throw network.refuse(
        `all weights of layer "${path}" are pruned, and no branch bypasses it; prune it less, or with ` +
          'channel(), which keeps a channel',
      );
    }
  }
}

function isCut(produced: readonly WeightAxis[], read: Read): boolean {
  // A bias alone makes an output that no input changes.
  return produced
    .filter(({owner, field}) => Object.hasOwn(kindOf(owner)?.weights ?? {}, field))
    .every(({owner, field}) => read(owner, field)?.every((value) => value === 0));
}
