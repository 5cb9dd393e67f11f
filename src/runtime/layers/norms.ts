import {asRows} from '../kernels/layout';
import {withConstant} from '../kernels/strided';
import {at, float} from '../machine/Program';
import {size} from '../machine/Value';
import type {Affine, Kind, Layer} from '../model/Layer';
import {Op} from '../Op';
import {axisFrom} from './axes';

/** A batch norm as a scale and a shift for each channel. */
export function affineOf({config, weight}: Layer): Affine {
  const mean = weight('moving_mean', 1).values;
  const variance = weight('moving_variance', 1).values;
  const gamma = config.flag('scale', true) ? weight('gamma', 1).values : undefined;
  const beta = config.flag('center', true) ? weight('beta', 1).values : undefined;
  const epsilon = config.number('epsilon', 1e-3);
  if ([variance, gamma, beta].some((one) => one !== undefined && one.length !== mean.length)) {
    throw new Error('its weights have different lengths');
  }
  const scale = variance.map((value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + epsilon));
  return {scale, shift: mean.map((value, i) => (beta?.[i] ?? 0) - value * scale[i])};
}

const batchNormalization: Kind = {
  read: (layer) => {
    const {scale, shift} = affineOf(layer);
    const axis = layer.config.number('axis', -1);
    return (program, [x]) => {
      const along = axisFrom(axis, x.shape.length);
      if (x.shape[along] !== scale.length)
        throw new Error(`its input has the shape [${x.shape}], not ${scale.length} channels`);
      const shape = x.shape.map((length, i) => (i === along ? length : 1));
      return withConstant(program, 'add', withConstant(program, 'multiply', x, scale, shape), shift, shape);
    };
  },
  keepsMask: true,
};

const layerNormalization: Kind = {
  read: ({config, weight}) => {
    const axes = [config.raw('axis') ?? -1].flat() as number[];
    const epsilon = config.number('epsilon', 1e-3);
    const gamma = config.flag('scale', true) ? weight('gamma', axes.length).values : undefined;
    const beta = config.flag('center', true) ? weight('beta', axes.length).values : undefined;
    return (program, [input]) => {
      const rank = input.shape.length;
      const last = axes.map((axis) => axisFrom(axis, rank)).sort((a, b) => a - b);
      if (!last.every((axis, i) => axis === rank - axes.length + i)) {
        throw new Error(`axis [${axes}] is not supported, only the last axes`);
      }
      const x = asRows(program, input);
      const length = size(x.shape.slice(rank - axes.length));
      if ([gamma, beta].some((one) => one !== undefined && one.length !== length)) {
        throw new Error(`its input has the shape [${x.shape}], which its weights do not fit`);
      }
      const y = program.value(x.shape, 'rows', x);
      const {constants} = program;
      const scale = gamma ? constants.address(gamma) : constants.filled(length, 1);
      const shift = beta ? constants.address(beta) : constants.filled(length, 0);
      program.emit(Op.normalize, at(x), at(y), size(x.shape) / length, length, scale, shift, float(epsilon));
      return y;
    };
  },
  keepsMask: true,
};

export const norms: Record<string, Kind> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
};
