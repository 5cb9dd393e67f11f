import {at, type Program} from '../machine/Program';
import {type Shape, size, type Value} from '../machine/Value';
import {Op} from '../Op';
import {asRows} from './layout';

/** Numbers up to which floats are exact. */
const EXACT = 2 ** 24;

/**
 * Pieces of a value, one after the other.
 *
 * @param width The length of a piece.
 * @param key Of the layer, for the constant.
 * @param numberOf The number of the piece that comes i-th.
 */
export function gather(
  program: Program,
  input: Value,
  width: number,
  shape: Shape,
  key: object,
  numberOf: (i: number) => number,
): Value {
  const x = asRows(program, input);
  const y = {...program.value(shape), isWhole: x.isWhole};
  const pieces = size(x.shape) / width;
  const count = size(shape) / width;
  if (pieces > EXACT) throw new Error(`its input has the shape [${x.shape}], which is too large`);
  const numbers = program.constants.once(key, `pieces ${x.shape}`, () => {
    const all = new Float32Array(count);
    for (let i = 0; i < count; i++) all[i] = numberOf(i);
    return all;
  });
  const address = program.constants.address(numbers);
  program.emit(Op.gather, at(x), pieces, 4 * width, address, count, at(y));
  return y;
}
