import {at, each, type Nd, nd, placeOf, total} from './nd';

/** The geometry of a window along the dimensions between the batch and the channels. */
export interface Steps {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'same' | 'valid';
  readonly dilation?: readonly number[];
}

/** The number of outputs along each dimension, and of zeros before its first element. @see Keras and TensorFlow. */
export function reachOf(shape: readonly number[], {size, strides, padding, dilation}: Steps) {
  const along = shape.slice(1, -1).map((length, i) => {
    const window = (size[i] - 1) * (dilation?.[i] ?? 1) + 1;
    const out = Math.ceil((padding === 'same' ? length : length - window + 1) / strides[i]);
    const missing = padding === 'same' ? Math.max(0, (out - 1) * strides[i] + window - length) : 0;
    return {out, before: Math.floor(missing / 2)};
  });
  return {out: along.map(({out}) => out), before: along.map(({before}) => before)};
}

/** The elements of an input under a window at a given output, with their positions in the window. */
function under(x: Nd, steps: Steps, before: readonly number[], place: readonly number[]) {
  const found: {source: number[]; inWindow: number[]}[] = [];
  const lengths = x.shape.slice(1, -1);
  each(steps.size, (inWindow) => {
    const source = lengths.map(
      (_, i) => place[i] * steps.strides[i] + inWindow[i] * (steps.dilation?.[i] ?? 1) - before[i],
    );
    if (source.every((row, i) => row >= 0 && row < lengths[i])) found.push({source, inWindow: [...inWindow]});
  });
  return found;
}

/** A convolution of an input [batch, …, channels] with a kernel [window …, channels, filters]. */
export function convolution(x: Nd, kernel: Nd, steps: Steps): Nd {
  const {out, before} = reachOf(x.shape, steps);
  const [channels, filters] = kernel.shape.slice(-2);
  return nd([x.shape[0], ...out, filters], ([b, ...rest]) => {
    const filter = rest.pop() as number;
    return under(x, steps, before, rest).reduce(
      (sum, {source, inWindow}) =>
        sum + total([channels], ([c]) => at(x, [b, ...source, c]) * at(kernel, [...inWindow, c, filter])),
      0,
    );
  });
}

/** A depthwise convolution with a kernel [window …, channels, multiplier]. */
export function depthwise(x: Nd, kernel: Nd, steps: Steps): Nd {
  const {out, before} = reachOf(x.shape, steps);
  const [channels, multiplier] = kernel.shape.slice(-2);
  return nd([x.shape[0], ...out, channels * multiplier], ([b, ...rest]) => {
    const output = rest.pop() as number;
    const c = Math.floor(output / multiplier);
    return under(x, steps, before, rest).reduce(
      (sum, {source, inWindow}) =>
        sum + at(x, [b, ...source, c]) * at(kernel, [...inWindow, c, output % multiplier]),
      0,
    );
  });
}

/** A transposed convolution with a kernel [window …, filters, channels]. */
export function transposed(x: Nd, kernel: Nd, steps: Steps): Nd {
  const {size, strides, padding} = steps;
  const [filters, channels] = kernel.shape.slice(-2);
  const lengths = x.shape
    .slice(1, -1)
    .map((length, i) => length * strides[i] + (padding === 'same' ? 0 : Math.max(0, size[i] - strides[i])));
  const shape = [x.shape[0], ...lengths, filters];
  const {before} = reachOf(shape, steps);
  const y = nd(shape, () => 0);
  each([x.shape[0], ...x.shape.slice(1, -1)], ([b, ...place]) => {
    for (const {source, inWindow} of under(y, steps, before, place)) {
      each([filters, channels], ([filter, channel]) => {
        y.values[placeOf(shape, [b, ...source, filter])] +=
          at(x, [b, ...place, channel]) * at(kernel, [...inWindow, filter, channel]);
      });
    }
  });
  return y;
}

/** The maximum or the average of the elements under a window. */
export function pool(x: Nd, steps: Steps, kind: 'max' | 'average'): Nd {
  const {out, before} = reachOf(x.shape, steps);
  return nd([x.shape[0], ...out, x.shape[x.shape.length - 1]], ([b, ...rest]) => {
    const channel = rest.pop() as number;
    const values = under(x, steps, before, rest).map(({source}) => at(x, [b, ...source, channel]));
    if (kind === 'max') return Math.max(...values);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}
