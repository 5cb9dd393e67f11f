import {asRows} from '../kernels/layout';
import {withConstant} from '../kernels/strided';
import {at, float, type Program} from '../machine/Program';
import {bytesOf, size, type Value} from '../machine/Value';
import type {Config} from '../model/Config';
import {plain} from '../model/Config';
import type {Activation, Kind} from '../model/Layer';
import {Op} from '../Op';
import {axisFrom} from './axes';

/** The activations of the kernel, each with its place as its number. Recurrent layers have the first five. */
const CODES = [
  'linear',
  'relu',
  'tanh',
  'sigmoid',
  'hardsigmoid',
  'relu6',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'swish',
  'mish',
  'gelu',
  'gelunew',
  'leaky',
  'threshold',
];

const RECURRENT = 5;

/** The activations that are computed along an axis. */
const ALONG = ['softmax', 'logsoftmax'];

const ALPHAS: Readonly<Record<string, number>> = {relu6: 6, elu: 1};

/** The activation that a configuration names. @throws if there is none of that name. */
export function activationIn(config: Config, key = 'activation', otherwise = 'linear'): Activation {
  const name = plain(config.raw(key) ?? otherwise);
  if (!CODES.includes(name) && !ALONG.includes(name)) {
    throw new Error(`${key} ${JSON.stringify(config.raw(key))} is not supported`);
  }
  return {name, alpha: ALPHAS[name]};
}

/** The number of an activation of a recurrent layer. @throws if the kernel does not have it. */
export function recurrentCode(config: Config, key: string, otherwise: string): number {
  const code = CODES.indexOf(activationIn(config, key, otherwise).name);
  if (code < 0 || code >= RECURRENT) {
    throw new Error(`${key} ${JSON.stringify(config.raw(key))} is not supported in a recurrent layer`);
  }
  return code;
}

/** The bounds of an activation that only clamps its input. */
export function clampFor({name, alpha}: Activation): {low: number; high: number} | undefined {
  const bounds: Record<string, [number, number]> = {
    linear: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    relu: [0, Number.POSITIVE_INFINITY],
    relu6: [0, alpha ?? 6],
  };
  const [low, high] = bounds[name] ?? [];
  return low === undefined ? undefined : {low, high};
}

export function activate(program: Program, x: Value, {name, alpha = 0}: Activation): Value {
  if (name === 'linear') return x;
  if (ALONG.includes(name)) return softmax(program, x, x.shape.length - 1, name === 'logsoftmax');
  const y = program.value(x.shape, x.layout, x);
  program.emit(Op.activate, at(x), at(y), bytesOf(x.shape, x.layout) / 4, CODES.indexOf(name), float(alpha));
  return y;
}

function softmax(program: Program, x: Value, axis: number, logs: boolean): Value {
  const from = asRows(program, x);
  const y = program.value(x.shape, 'rows', from);
  const outer = size(x.shape.slice(0, axis));
  const inner = size(x.shape.slice(axis + 1));
  program.emit(Op.softmax, at(from), at(y), outer, x.shape[axis], inner, +logs);
  return y;
}

/** A layer that applies an activation. */
const applies = (activation: (config: Config) => Activation, keepsMask = false): Kind => ({
  read: ({config}) => {
    const known = activation(config);
    return (program, [x]) => activate(program, x, known);
  },
  activation,
  keepsMask,
});

const relu = (config: Config): Activation =>
  config.has('max_value') ? {name: 'relu6', alpha: config.number('max_value')} : {name: 'relu'};

export const activations: Record<string, Kind> = {
  Activation: applies((config) => activationIn(config), true),
  ReLU: applies(relu, true),
  LeakyReLU: applies((config) => ({name: 'leaky', alpha: config.number('alpha', 0.3)})),
  ELU: applies((config) => ({name: 'elu', alpha: config.number('alpha', 1)})),
  ThresholdedReLU: applies((config) => ({name: 'threshold', alpha: config.number('theta', 1)})),
  Softmax: {
    read: ({config}) => {
      const axes = [config.raw('axis') ?? 1].flat();
      if (axes.length !== 1) throw new Error('a softmax along several axes is not supported');
      const axis = axes[0] as number;
      return (program, [x], mask) => {
        if (mask !== undefined) throw new Error('a softmax of masked steps is not supported');
        return softmax(program, x, axisFrom(axis, x.shape.length), false);
      };
    },
  },
  PReLU: {
    read: (layer) => {
      const shared = [layer.config.raw('shared_axes') ?? []].flat() as number[];
      return (program, [x]) => {
        const shape = x.shape.slice(1).map((length, axis) => (shared.includes(axis + 1) ? 1 : length));
        const alpha = layer.weight('alpha', shape.length);
        if (alpha.shape.join() !== shape.join())
          throw new Error(`alpha has the shape [${alpha.shape}], not [${shape}]`);
        return withConstant(program, 'prelu', x, alpha.values, shape);
      };
    },
    keepsMask: true,
  },
};
