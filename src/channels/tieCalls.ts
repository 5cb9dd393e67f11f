import type {LayerNode} from './channelGraph';
import type {ChannelAxis} from './rules/rule';
import type {Channels} from './union';

/** Ties the channels in all calls of a layer, which share its weights and configuration. */
export function tieCalls({path, calls}: LayerNode, channels: Channels): void {
  const [first, ...others] = calls;
  const reason = `${path}: it is called in ways that cannot be brought together`;
  const tie = (one: ChannelAxis | undefined, other: ChannelAxis | undefined) => {
    if (
      one !== undefined &&
      other !== undefined &&
      one.axis === other.axis &&
      one.ids.length === other.ids.length
    ) {
      channels.unite(one.ids, other.ids);
    } else {
      channels.pin(one?.ids ?? new Int32Array(), reason);
      channels.pin(other?.ids ?? new Int32Array(), reason);
    }
  };
  for (const call of others) {
    const [one, other] = [first.propagation, call.propagation];
    if (one.pinned !== undefined || other.pinned !== undefined) {
      // Channels that one call pins have to remain in the others.
      for (const {inputs, outputs} of [first, call]) {
        for (const {ids} of [...inputs, ...outputs]) {
          channels.pin(ids, reason);
        }
      }
    } else if (one.config !== undefined || one.weightAxes.length > 0) {
      one.weightAxes.forEach((weightAxis, i) => {
        tie(weightAxis, other.weightAxes[i]);
      });
      first.outputs.forEach((output, i) => {
        tie(output, call.outputs[i]);
      });
      first.inputs.forEach((input, i) => {
        tie(input, call.inputs[i]);
      });
    }
  }
}
