import type {Site} from './channelGraph';
import type {Lane} from './rules/rule';
import type {Channels} from './union';

/** Ties what a layer that is called more than once has to treat alike. */
export function tieCalls({path, visits}: Site, channels: Channels): void {
  const [first, ...others] = visits;
  const reason = `${path}: it is called in ways that cannot be brought together`;
  const tie = (one: Lane | undefined, other: Lane | undefined) => {
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
  for (const visit of others) {
    const [one, other] = [first.passage, visit.passage];
    if (typeof one === 'string' || typeof other === 'string') {
      // What one call keeps whole the others have to keep.
      for (const {inputs, outputs} of [first, visit]) {
        for (const {ids} of [...inputs, ...outputs]) {
          channels.pin(ids, reason);
        }
      }
    } else if (one.config !== undefined || one.slices.length > 0) {
      one.slices.forEach((slice, i) => {
        tie(slice, other.slices[i]);
      });
      first.outputs.forEach((output, i) => {
        tie(output, visit.outputs[i]);
      });
      first.inputs.forEach((input, i) => {
        tie(input, visit.inputs[i]);
      });
    }
  }
}
