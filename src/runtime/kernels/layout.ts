import type {Program} from '../machine/Program';
import {at} from '../machine/Program';
import {channelsOf, pitchOf, pixelsOf, type Shape, size, type Value} from '../machine/Value';
import {Op} from '../Op';

/** A value in rows, and the copy of it in planes, or the other way round. */
const copies = new WeakMap<Value['block'], Value>();

/** A value in the order of tfjs. */
export function asRows(program: Program, value: Value): Value {
  return value.layout === 'rows' ? value : transposed(program, value, 'rows');
}

/** A value as planes. */
export function asPlanes(program: Program, value: Value): Value {
  return value.layout === 'planes' ? value : transposed(program, value, 'planes');
}

function transposed(program: Program, value: Value, layout: Value['layout']): Value {
  const {shape, mask, isWhole} = value;
  const [channels, pixels] = [channelsOf(shape), pixelsOf(shape)];
  const known = copies.get(value.block);
  // The same memory under another shape may have other planes.
  if (known !== undefined && channelsOf(known.shape) === channels) return {...known, shape, mask, isWhole};
  const y = program.value(shape, layout);
  const pitch = pitchOf(pixels);
  if (layout === 'planes')
    program.emit(Op.transpose, at(value), 4 * channels, pixels, channels, at(y), pitch);
  else program.emit(Op.transpose, at(value), pitch, channels, pixels, at(y), 4 * channels);
  copies.set(value.block, y);
  return {...y, mask, isWhole};
}

/** Has to follow an op that changes a value in place. */
export function changed({block}: Value): void {
  copies.delete(block);
}

/** The same elements in another shape, which has as many. */
export function reshape(program: Program, value: Value, shape: Shape): Value {
  if (size(shape) !== size(value.shape))
    throw new Error(`the shape [${value.shape}] cannot become [${shape}]`);
  const isKept = channelsOf(shape) === channelsOf(value.shape);
  const {layout, block, isWhole} = isKept ? value : asRows(program, value);
  return {shape, layout, block, isWhole};
}
