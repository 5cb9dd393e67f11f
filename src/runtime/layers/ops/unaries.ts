import {at, type Program} from '../../machine/Program';
import {bytesOf, type Value} from '../../machine/Value';
import {Op} from '../../Op';
import {fill} from '../shapes';
import {binary, constant, type Part, partOf} from './pairs';

/** The functions of the kernel, each with its place as its number. */
const UNARY = ['abs', 'sqrt', 'exp', 'log', 'floor', 'ceil', 'round', 'trunc', 'sin', 'cos', 'erf', 'atan'];

type Unary = (program: Program, x: Value) => Value;

/** A function of the kernel. */
export const compute =
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

export const isTrue = and('notequal', 0);
