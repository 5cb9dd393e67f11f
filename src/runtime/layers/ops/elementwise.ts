import {shapeOfBoth} from '../../kernels/strided';
import {at, type Program} from '../../machine/Program';
import {bytesOf, type Shape, size, type Value} from '../../machine/Value';
import type {Config} from '../../model/Config';
import type {Kind, Layer, Run} from '../../model/Layer';
import {Op} from '../../Op';
import {fill} from '../shapes';
import {binary, constant, names, type Part, partOf, spread} from './pairs';

/** The functions of the kernel, each with its place as its number. */
const UNARY = ['abs', 'sqrt', 'exp', 'log', 'floor', 'ceil', 'round', 'trunc', 'sin', 'cos', 'erf', 'atan'];

type Unary = (program: Program, x: Value) => Value;

const compute =
  (name: string): Unary =>
  (program, x) => {
    const y = program.value(x.shape, x.layout, x);
    program.emit(Op.unary, at(x), at(y), bytesOf(x.shape, x.layout) / 4, UNARY.indexOf(name));
    return y;
  };

const numbers = new Map<number, Float32Array>();

/** A number as an argument. */
function number(program: Program, value: number): Part {
  const known = numbers.get(value) ?? Float32Array.of(value);
  numbers.set(value, known);
  return constant(program, known, []);
}

/** A function of x and a number, or of a number and x. */
const and =
  (name: string, value: number): Unary =>
  (program, x) =>
    binary(program, name, partOf(x), number(program, value));

const from =
  (value: number, name: string): Unary =>
  (program, x) =>
    binary(program, name, number(program, value), partOf(x));

const then =
  (...all: Unary[]): Unary =>
  (program, x) =>
    all.reduce((y, one) => one(program, y), x);

/** A function of the results of two functions. */
const both =
  (name: string, one: Unary, other: Unary): Unary =>
  (program, x) =>
    binary(program, name, partOf(one(program, x)), partOf(other(program, x)));

const same: Unary = (_, x) => x;
const negative = and('mul', -1);
const exp = compute('exp');

const filled =
  (value: number): Unary =>
  (program, x) => {
    const y = program.value(x.shape, x.layout);
    fill(program, y, value);
    return y;
  };

export const unaries: Readonly<Record<string, Unary>> = {
  ...Object.fromEntries(UNARY.map((name) => [name, compute(name)])),
  neg: negative,
  sign: both('sub', from(0, 'less'), and('less', 0)),
  square: both('mul', same, same),
  rsqrt: then(compute('sqrt'), from(1, 'div')),
  expm1: then(exp, and('sub', 1)),
  log1p: then(and('add', 1), compute('log')),
  reciprocal: from(1, 'div'),
  tan: both('div', compute('sin'), compute('cos')),
  sinh: then(both('sub', exp, then(negative, exp)), and('mul', 0.5)),
  cosh: then(both('add', exp, then(negative, exp)), and('mul', 0.5)),
  isnan: both('notequal', same, same),
  logicalnot: and('equal', 0),
  zeroslike: filled(0),
  oneslike: filled(1),
};

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

export const isTrue = and('notequal', 0);

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
