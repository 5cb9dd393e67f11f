import type {ChannelTensor} from './rule';

/** A tensor whose constants with a border count as varying, because they are not the same at all positions. */
export function withoutBorder({border, ...tensor}: ChannelTensor): ChannelTensor {
  return border === undefined
    ? tensor
    : {...tensor, values: tensor.values.map((value) => (value === 0 ? 0 : Number.NaN))};
}

/** The value of a place that is the same for all examples and may not be 0. */
export const CONSTANT = Number.POSITIVE_INFINITY;

/**
 * The value at a place that is a function of another, plus an offset.
 *
 * @param offset Other than 0 if the function does not map 0 to 0.
 */
export function shifted(value: number, offset: number): number {
  if (Number.isNaN(value)) return value;
  return value === 0 && offset === 0 ? 0 : CONSTANT;
}

/** The value at a place that is a function of several, which maps zeros to 0. */
export function combined(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  return values.every((value) => value === 0) ? 0 : CONSTANT;
}
