import {
  broadcast,
  type Operand,
  type Operation,
  operandOf,
  shapeOfBoth,
  strided,
} from '../../kernels/strided';
import {at, type Program} from '../../machine/Program';
import {bytesOf, rowMajor, type Shape, type Value} from '../../machine/Value';
import {Op} from '../../Op';

/** The functions of the kernel, each with its place as its number. */
const BINARY = [
  ...['div', 'divnonan', 'floordiv', 'mod', 'pow', 'atan2', 'equal', 'notequal', 'less', 'lessequal'],
  ...['logicaland', 'logicalor'],
];

const STRIDED: Readonly<Record<string, Operation>> = {
  add: 'add',
  sub: 'subtract',
  mul: 'multiply',
  maximum: 'max',
  minimum: 'min',
};

/** Those of the kernel with their arguments swapped. */
const SWAPPED: Readonly<Record<string, string>> = {greater: 'less', greaterequal: 'lessequal'};

export const names = [...BINARY, ...Object.keys(STRIDED), ...Object.keys(SWAPPED), 'squareddifference'];

/** The functions whose results are whole for whole numbers. */
const WHOLE = ['add', 'sub', 'mul', 'maximum', 'minimum', 'floordiv', 'mod', 'squareddifference'];

/** A value or a constant, as an argument. */
export interface Part {
  readonly operand: Operand;
  readonly shape: Shape;
  readonly layout: Value['layout'];
  readonly isWhole?: boolean;
}

export const partOf = (value: Value): Part => ({...value, operand: operandOf(value)});

export const constant = (program: Program, values: Float32Array, shape: Shape): Part => ({
  operand: {at: program.constants.address(values), strides: rowMajor(shape)},
  shape,
  layout: 'rows',
});

/** A copy of a part, repeated to a larger shape. */
export function spread(
  program: Program,
  {operand, shape: from}: Part,
  shape: Shape,
  layout: Value['layout'],
) {
  const y = program.value(shape, layout);
  const x = broadcast(operand, from, shape);
  strided(program, 'copy', shape, x, x, operandOf(y));
  return y;
}

/** The function of each pair of elements of two parts, which are repeated to the same shape. */
export function binary(program: Program, name: string, a: Part, b: Part): Value {
  if (name in SWAPPED) return binary(program, SWAPPED[name], b, a);
  const areWhole = a.isWhole === true && b.isWhole === true;
  if (name === 'div' && areWhole) return binary(program, 'floordiv', a, b);
  if (name === 'squareddifference') {
    const difference = partOf(binary(program, 'sub', a, b));
    return binary(program, 'mul', difference, difference);
  }
  const shape = shapeOfBoth(a.shape, b.shape);
  const {layout} = [a, b].find((part) => part.shape.join() === shape.join()) ?? {layout: 'rows'};
  const isWhole = areWhole && WHOLE.includes(name);
  if (name in STRIDED) {
    const y = {...program.value(shape, layout), isWhole};
    const [x, z] = [a, b].map((part) => broadcast(part.operand, part.shape, shape));
    strided(program, STRIDED[name], shape, x, z, operandOf(y));
    return y;
  }
  const [x, z] = [a, b].map((part) => spread(program, part, shape, layout));
  const y = program.value(shape, layout, x);
  program.emit(Op.binary, at(x), at(z), at(y), bytesOf(shape, layout) / 4, BINARY.indexOf(name));
  return {...y, isWhole};
}
