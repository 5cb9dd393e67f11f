import {size} from './machine/Value';

/** A name and a shape, in which `null` is any length. The first length is that of the batch. */
export interface Port {
  /** The name, as in tf.LayersModel. */
  readonly name: string;
  /** The shape, with the batch; `null` is any length. */
  readonly shape: readonly (number | null)[];
}

/** An input with its shape, for networks whose inputs have other variable lengths than that of the batch. */
export interface ShapedInput {
  /** The values, in row-major order. */
  readonly values: ArrayLike<number>;
  /** The shape, with the batch. */
  readonly shape: readonly number[];
}

export type Input = ArrayLike<number> | ShapedInput;

const isShaped = (input: Input): input is ShapedInput => 'shape' in input && 'values' in input;

/** Whether a value is an input, rather than an object of them by name. */
export const isInput = (input: unknown): input is Input =>
  typeof input === 'object' &&
  input !== null &&
  (Array.isArray(input) || ArrayBuffer.isView(input) || isShaped(input as Input));

export const valuesOf = (input: Input): ArrayLike<number> => (isShaped(input) ? input.values : input);

/** Whether an input has the length, or the shape, that a program is for. */
export function fits(input: Input, {shape}: Port, length: number, planned: readonly number[]): boolean {
  if (isShaped(input))
    return input.shape.length === planned.length && input.shape.every((one, axis) => one === planned[axis]);
  // The same length may have other shapes.
  return input.length === length && shape.indexOf(null, 1) < 0;
}

/** The shape of an input. @throws if it does not fit. */
export function shapeOf(input: Input, {name, shape}: Port): number[] {
  const rest = shape.slice(1);
  const wrong = (what: string) =>
    new Error(`predict: the input "${name}" of shape [${shape.map((n) => n ?? 'any')}] ${what}`);
  if (isShaped(input)) {
    const isRight =
      input.shape.length === shape.length &&
      input.shape.every(
        (length, axis) => Number.isInteger(length) && length > 0 && length === (shape[axis] ?? length),
      );
    if (!isRight) throw wrong(`cannot have the shape [${input.shape}]`);
    if (size(input.shape) !== input.values.length)
      throw wrong(`has ${input.values.length} elements, not ${size(input.shape)}`);
    return [...input.shape];
  }
  if (rest.includes(null)) throw wrong('must be {values, shape}, as several of its lengths vary');
  const each = size(rest as number[]);
  if (input.length === 0 || input.length % each !== 0) {
    throw wrong(`has ${input.length} elements, which is not a multiple of ${each}`);
  }
  return [input.length / each, ...(rest as number[])];
}
