import {asRows, reshape} from '../kernels/layout';
import {combine} from '../kernels/strided';
import {at, float, type Program} from '../machine/Program';
import {size, type Value} from '../machine/Value';
import type {Kind} from '../model/Layer';
import {Op} from '../Op';

const embedding: Kind = {
  read: ({config, weight}) => {
    const table = weight('embeddings', 2);
    const [count, width] = table.shape;
    const masks = config.flag('mask_zero', false);
    return (program, [input]) => {
      const x = asRows(program, input);
      const y = program.value([...x.shape, width]);
      const address = program.constants.address(table.values, {outputs: width});
      program.emit(Op.gather, address, count, 4 * width, at(x), size(x.shape), at(y));
      return masks ? {...y, mask: differs(program, reshape(program, x, [...x.shape, 1]), 0)} : y;
    };
  },
};

/** Which rows of the last axis have an element that is not a value: 1 or 0. */
function differs(program: Program, x: Value, value: number): Value {
  const shape = x.shape.slice(0, -1);
  const y = program.value(shape);
  program.emit(Op.differs, at(x), x.shape[shape.length], size(shape), float(value), at(y));
  return y;
}

const masking: Kind = {
  read: ({config}) => {
    const value = config.number('mask_value', 0);
    return (program, [input]) => {
      const x = asRows(program, input);
      const mask = differs(program, x, value);
      const y = combine(program, 'multiply', x, reshape(program, mask, [...mask.shape, 1]));
      return {...y, mask};
    };
  },
};

const timeDistributed: Kind = {
  read: ({config, inner}) => {
    const run = inner(config.raw('layer'));
    return (program, [x]) => {
      const [batch, steps, ...rest] = x.shape;
      const y = [run(program, [reshape(program, x, [batch * steps, ...rest])])].flat()[0];
      return reshape(program, y, [batch, steps, ...y.shape.slice(1)]);
    };
  },
  keepsMask: true,
};

export const sequences: Record<string, Kind> = {
  Embedding: embedding,
  Masking: masking,
  TimeDistributed: timeDistributed,
};
