import {type Address, at, type Program} from '../machine/Program';
import {rowMajor, type Shape, stridesOf, type Value} from '../machine/Value';
import {Op} from '../Op';
import {asPlanes, asRows} from './layout';

/** The operations of the kernel, by their numbers. */
export const OPERATIONS = ['copy', 'add', 'multiply', 'max', 'min', 'prelu', 'subtract'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Elements that lie in steps of some bytes along each axis. */
export interface Operand {
  readonly at: Address | number;
  readonly strides: readonly number[];
}

export const operandOf = (value: Value): Operand => ({at: at(value), strides: stridesOf(value)});

const AXES = 6;

/** Computes y = operation(x, z) for all elements of a shape. */
export function strided(
  program: Program,
  operation: Operation,
  shape: Shape,
  x: Operand,
  z: Operand,
  y: Operand,
): void {
  // The axis along which y lies closest goes last.
  const order = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== 1);
  order.sort((a, b) => y.strides[b] - y.strides[a]);
  const operands = [x, z, y];
  const merged: {length: number; strides: number[]}[] = [];
  for (const axis of order) {
    const [length, strides] = [shape[axis], operands.map((operand) => operand.strides[axis])];
    const last = merged.at(-1);
    if (last?.strides.every((stride, i) => stride === length * strides[i])) {
      last.length *= length;
      last.strides = strides;
    } else merged.push({length, strides});
  }
  while (merged.length < AXES) merged.unshift({length: 1, strides: [0, 0, 0]});
  if (merged.length > AXES)
    throw new Error(`a tensor has ${merged.length} axes, at most ${AXES} are possible`);
  program.emit(
    Op.strided,
    OPERATIONS.indexOf(operation),
    ...operands.map((operand) => operand.at),
    ...merged.map(({length}) => length),
    ...operands.flatMap((_, i) => merged.map(({strides}) => strides[i])),
  );
}

/** Copies a part of a value. */
export function copy(program: Program, shape: Shape, x: Operand, y: Operand): void {
  strided(program, 'copy', shape, x, x, y);
}

/** The bytes from an element to the next along each axis of a shape that is repeated along others of a larger one. */
export function broadcast({at, strides}: Operand, from: Shape, shape: Shape): Operand {
  const missing = shape.length - from.length;
  return {
    at,
    strides: shape.map((_, axis) =>
      axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing],
    ),
  };
}

/** operation(x, z) of values whose shapes fit each other. */
export function combine(program: Program, operation: Operation, x: Value, z: Value): Value {
  const shape = shapeOfBoth(x.shape, z.shape);
  const layout =
    [x, z].some((value) => value.layout === 'planes') && x.shape.join() === z.shape.join()
      ? 'planes'
      : x.layout;
  const as = layout === 'planes' ? asPlanes : asRows;
  const isSame = x.shape.join() === z.shape.join();
  const [a, b] = isSame ? [as(program, x), as(program, z)] : [x, z];
  const y = program.value(
    shape,
    layout,
    a.shape.join() === shape.join() && a.layout === layout ? a : undefined,
  );
  const [p, q] = [a, b].map((value) => broadcast(operandOf(value), value.shape, shape));
  strided(program, operation, shape, p, q, operandOf(y));
  return y;
}

/** The shape that two shapes are repeated to. @throws if they do not fit. */
export function shapeOfBoth(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const along = (shape: Shape, axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({length: rank}, (_, axis) => {
    const [one, other] = [along(a, axis), along(b, axis)];
    if (one !== other && one !== 1 && other !== 1)
      throw new Error(`the shapes [${a}] and [${b}] do not fit each other`);
    return one === 1 ? other : one;
  });
}

/** operation(x, constant) with a constant of a shape that fits. */
export function withConstant(
  program: Program,
  operation: Operation,
  x: Value,
  values: Float32Array,
  from: Shape,
): Value {
  const y = program.value(x.shape, x.layout, x);
  const address = program.constants.address(values, {outputs: from.at(-1)});
  const z = broadcast({at: address, strides: rowMajor(from)}, from, x.shape);
  strided(program, operation, x.shape, operandOf(x), z, operandOf(y));
  return y;
}
