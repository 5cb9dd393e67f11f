import {shapeOfBoth} from '../../kernels/strided';
import {at} from '../../machine/Program';
import {type Shape, size} from '../../machine/Value';
import type {Config} from '../../model/Config';
import type {Kind, Layer, Run} from '../../model/Layer';
import {Op} from '../../Op';
import {binary, constant, names, partOf, spread} from './pairs';
import {compute, isTrue, unaries} from './unaries';

/** The functions whose results are whole for whole numbers. */
const WHOLE = ['abs', 'neg', 'sign', 'square'];

const unaryOp: Kind = {
  read: ({config}) => {
    const name = config.choice('op', Object.keys(unaries));
    return (program, [x]) => ({
      ...unaries[name](program, x),
      isWhole: x.isWhole && WHOLE.includes(name),
    });
  },
};

const castOp: Kind = {
  read: ({config}) => {
    const type = typeIn(config, 'to');
    return (program, [x]) => {
      if (type === 'bool') return isTrue(program, x);
      return {...(type === 'int32' ? compute('trunc')(program, x) : x), isWhole: type === 'int32'};
    };
  },
};

const typeIn = (config: Config, key: string) => config.choice(key, ['float32', 'int32', 'bool']);

/** A function of the input and a constant. */
function withConstant({config}: Layer, values: Float32Array, shape: readonly number[], type: string): Run {
  const name = config.choice('op', names);
  const isFirst = config.flag('is_first', false);
  const isWhole = typeIn(config, type) === 'int32';
  return (program, [x]) => {
    const parts = [partOf(x), {...constant(program, values, shape), isWhole}];
    const [a, b] = isFirst ? parts.reverse() : parts;
    return binary(program, name, a, b);
  };
}

const constantIn = ({config, weight}: Layer) => weight('constant', config.integers('constant_shape').length);

const selectOp: Kind = {
  read: () => (program, inputs) => {
    const shape = inputs.reduce((known: Shape, x) => shapeOfBoth(known, x.shape), []);
    const [condition, x, other] = inputs.map((input) => spread(program, partOf(input), shape, 'rows'));
    program.emit(Op.blend, at(condition), 4, size(shape), 4, at(other), at(x), 4);
    return {...x, isWhole: inputs[1].isWhole};
  },
};

export const elementwise: Record<string, Kind> = {
  UnaryOp: unaryOp,
  CastOp: castOp,
  ScalarOp: {
    read: (layer) => withConstant(layer, Float32Array.of(layer.config.real('value')), [], 'value_type'),
  },
  BinaryOp: {
    read: ({config}) => {
      const name = config.choice('op', names);
      return (program, [x, z]) => binary(program, name, partOf(x), partOf(z));
    },
  },
  SelectOp: selectOp,
  ConstantOp: {
    read: (layer) => {
      const {values, shape} = constantIn(layer);
      return withConstant(layer, values, shape, 'constant_type');
    },
  },
  ConstantSource: {
    read: (layer) => {
      const {values, shape} = constantIn(layer);
      const isWhole = typeIn(layer.config, 'constant_type') === 'int32';
      return (program, [x]) => ({
        ...spread(program, constant(program, values, shape), [x.shape[0], ...shape], 'rows'),
        isWhole,
      });
    },
  },
};
