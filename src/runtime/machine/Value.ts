import type {Block} from './Block';

export type Shape = readonly number[];

/**
 * A tensor in the memory of a program. In `rows` its elements lie in the order of tfjs, the channels of a pixel side by side; in
 * `planes` each channel is a plane of all pixels of all examples.
 */
export interface Value {
  readonly shape: Shape;
  readonly layout: 'rows' | 'planes';
  readonly block: Block;
  /** Which steps count, [batch, steps], 1 or 0. */
  readonly mask?: Value;
  /** Whether tfjs has it as int32, for layers that divide. */
  readonly isWhole?: boolean;
}

export const size = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

export const channelsOf = (shape: Shape): number => shape[shape.length - 1];

/** The number of elements of a channel. */
export const pixelsOf = (shape: Shape): number => size(shape.slice(0, -1));

/**
 * The bytes from a plane to the next. The kernels write beyond its end, so that there is room for that; and it is an odd number of
 * cache lines, so that planes do not evict each other.
 */
export const pitchOf = (pixels: number): number => 64 * (Math.ceil((pixels + 8) / 16) | 1);

/** The bytes of a tensor in a layout. */
export function bytesOf(shape: Shape, layout: Value['layout']): number {
  return layout === 'rows' ? 4 * size(shape) : channelsOf(shape) * pitchOf(pixelsOf(shape));
}

/** The bytes from an element to the next along each axis. */
export function stridesOf({shape, layout}: Pick<Value, 'shape' | 'layout'>): number[] {
  if (layout === 'planes') return [...rowMajor(shape.slice(0, -1)), pitchOf(pixelsOf(shape))];
  return rowMajor(shape);
}

export function rowMajor(shape: Shape): number[] {
  const strides = [...shape];
  let step = 4;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}
