import {convolve} from '../kernels/convolve';
import {copy, operandOf} from '../kernels/strided';
import {still, windowFrom} from '../kernels/window';
import {at, type Program} from '../machine/Program';
import {stridesOf, type Value} from '../machine/Value';
import type {Kind, Weight} from '../model/Layer';
import {channelsLast} from './axes';
import {asVolumes, fromVolumes, movesOf} from './convolutions';
import {ending, finish} from './ending';
import {fill} from './shapes';

/** Along one axis: the length of the outputs, and the padding of the inputs, which get `step` − 1 zeros between them. */
function axisOf(size: number, window: number, step: number, padding: string) {
  const out = padding === 'same' ? size * step : size * step + Math.max(window - step, 0);
  // The padding of the convolution from the outputs to the inputs.
  const missing = padding === 'same' ? Math.max(0, (size - 1) * step + window - out) : 0;
  return {out, before: window - 1 - Math.floor(missing / 2), padded: out + window - 1, window, step};
}

/** Kernels [window, outputs, inputs] as those [window, inputs, outputs] of a convolution, whose window is turned around. */
function turned({shape, values}: Weight): Float32Array {
  const [outputs, inputs] = shape.slice(-2);
  const each = outputs * inputs;
  const places = values.length / each;
  const result = new Float32Array(values.length);
  for (let place = 0; place < places; place++) {
    const [from, to] = [place * each, (places - 1 - place) * each];
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) result[to + i * outputs + o] = values[from + o * inputs + i];
    }
  }
  return result;
}

/** A transposed convolution is one of the inputs with zeros between them. */
const transposed = (rank: number): Kind => ({
  read: (layer) => {
    const kernel = layer.weight('kernel', rank + 2);
    const {windows, strides, padding} = movesOf(layer.config, rank, kernel.shape);
    const [outputs, inputs] = kernel.shape.slice(-2);
    const end = ending(layer, turned(kernel), outputs);
    const run = (program: Program, input: Value) => {
      const x = asVolumes(program, input, rank);
      if (x.shape[4] !== inputs)
        throw new Error(`its input has the shape [${input.shape}], not ${inputs} channels`);
      const moves = [0, 1, 2].map((axis) => {
        const i = axis - 3 + rank;
        return axisOf(x.shape[axis + 1], windows[i] ?? 1, strides[i] ?? 1, padding);
      });
      const wide = program.value([x.shape[0], ...moves.map(({padded}) => padded), inputs], 'planes');
      fill(program, wide);
      const to = stridesOf(wide);
      const offset = moves.reduce((sum, {before}, axis) => sum + before * to[axis + 1], 0);
      const spread = to.map((stride, axis) => stride * (moves[axis - 1]?.step ?? 1));
      copy(program, x.shape, operandOf(x), {at: at(wide, offset), strides: spread});
      const window = windowFrom((axis) => {
        const {padded, window: length, out} = moves[axis];
        return {...still(padded), window: length, out};
      });
      return finish(program, fromVolumes(program, convolve(program, wide, window, end.factor), rank), end);
    };
    return channelsLast(layer.config, run);
  },
  fuses: rank + 2,
});

export const transposedConvolutions: Record<string, Kind> = {
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
};
