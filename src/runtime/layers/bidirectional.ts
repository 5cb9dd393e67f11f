import {asRows} from '../kernels/layout';
import {combine, copy, operandOf, withConstant} from '../kernels/strided';
import {at, type Program} from '../machine/Program';
import {stridesOf, type Value} from '../machine/Value';
import {Config} from '../model/Config';
import {layerIn} from '../model/graph';
import type {Kind} from '../model/Layer';
import {join} from './merges';

const MERGES = ['concat', 'sum', 'ave', 'mul'] as const;
const HALF = Float32Array.of(0.5);

export const bidirectional: Kind = {
  read: (layer) => {
    const json = layerIn(layer.config.raw('layer'));
    const config = new Config(json.config);
    const way = (name: string, isReversed: boolean) =>
      layer.inner(
        {...json, config: {...json.config, go_backwards: isReversed}},
        `${name}_${config.raw('name')}`,
      );
    const isReversed = config.flag('go_backwards', false);
    const [forward, backward] = [way('forward', isReversed), way('backward', !isReversed)];
    const mode =
      layer.config.raw('merge_mode') === null ? undefined : layer.config.choice('merge_mode', MERGES);
    return (program, [x, ...initial], mask) => {
      const half = initial.length / 2;
      const [y, ...states] = [forward(program, [x, ...initial.slice(0, half)], mask)].flat();
      const [back, ...more] = [backward(program, [x, ...initial.slice(half)], mask)].flat();
      const other = config.flag('return_sequences', false) ? reversed(program, back) : back;
      const merged = merge(program, mode, y, other).map((value) => ({...value, mask: y.mask}));
      return [...merged, ...states, ...more];
    };
  },
};

/** Steps in the opposite order. */
function reversed(program: Program, input: Value): Value {
  const x = asRows(program, input);
  const y = program.value(x.shape);
  const [n, step, ...rest] = stridesOf(x);
  const last = (x.shape[1] - 1) * step;
  copy(program, x.shape, {at: at(x, last), strides: [n, -step, ...rest]}, operandOf(y));
  return y;
}

function merge(program: Program, mode: (typeof MERGES)[number] | undefined, y: Value, other: Value): Value[] {
  if (mode === undefined) return [y, other];
  if (mode === 'concat') return [join(program, [y, other], y.shape.length - 1)];
  if (mode === 'mul') return [combine(program, 'multiply', y, other)];
  const sum = combine(program, 'add', y, other);
  return [mode === 'sum' ? sum : withConstant(program, 'multiply', sum, HALF, [1])];
}
