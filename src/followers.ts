import type {LayersModel} from '@tensorflow/tfjs-layers';
import {channel} from './pattern/channel';
import {alive} from './select';
import {leaves} from './tree';
import {isPrunable, type Masked, type Weight} from './weight';

/**
 * New masks for what goes with the channels of pruned layers: the weights with an element a channel in layers that
 * take one such output and nothing else, as the batch norm after a convolution.
 */
export async function followers(
  model: LayersModel,
  pruned: readonly {weight: Weight; bits: Uint8Array}[],
): Promise<(Masked & {bits: Uint8Array})[]> {
  const layerOf = new Map(leaves(model).map(({path, layer}) => [path, layer]));
  const found = [];
  for (const {weight, bits} of pruned) {
    // Whatever the pattern was, it is the channels with nothing left that count.
    const numbering = channel()(weight);
    const left = alive(bits, numbering);
    const next = layerOf.get(weight.layer)?.outboundNodes.map(({outboundLayer}) => outboundLayer) ?? [];
    for (const layer of next) {
      const takesNothingElse =
        layer.inboundNodes.length === 1 && layer.inboundNodes[0].inputTensors.length === 1;
      for (const masked of isPrunable(layer) && takesNothingElse ? layer.perChannelWeights() : []) {
        if (masked.mask.size === numbering.units) {
          const before = (await masked.mask.data()) as Uint8Array;
          found.push({...masked, bits: before.map((bit, channel) => bit & left[channel])});
        }
      }
    }
  }
  return found;
}
