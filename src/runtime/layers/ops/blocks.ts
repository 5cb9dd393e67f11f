import {asRows, reshape} from '../../kernels/layout';
import {copy, operandOf} from '../../kernels/strided';
import type {Kind} from '../../model/Layer';
import {permute} from '../axes';
import {assertImages} from '../shapes';

/** Moves blocks of channels to positions, or back. */
const blocks = (isToSpace: boolean): Kind => ({
  read: ({config}) => {
    const block = config.count('block');
    return (program, [input]) => {
      assertImages(input);
      const [batch, height, width, channels] = input.shape;
      const fits = isToSpace ? channels % block ** 2 : (height % block) + (width % block);
      if (fits !== 0) throw new Error(`block ${block} does not divide its input of shape [${input.shape}]`);
      const x = asRows(program, input);
      const [tall, wide] = isToSpace ? [height, width] : [height / block, width / block];
      const inner = isToSpace ? channels / block : channels * block;
      const shape = isToSpace ? [batch * tall, wide, block, inner] : [batch * tall, block, wide, inner];
      const moved = permute(program, reshape(program, x, shape), [0, 2, 1, 3]);
      const out = isToSpace
        ? [batch, height * block, width * block, channels / block ** 2]
        : [batch, tall, wide, channels * block ** 2];
      return {...reshape(program, moved, out), isWhole: x.isWhole};
    };
  },
});

/** Makes an example of every few rows and columns of images. */
const spaceToBatchOp: Kind = {
  read: ({config}) => {
    const [tall, wide] = config.counts('block', 2);
    return (program, [input]) => {
      assertImages(input);
      const [batch, height, width, channels] = input.shape;
      if ((height % tall) + (width % wide) !== 0)
        throw new Error(`block ${tall},${wide} does not divide its input of shape [${input.shape}]`);
      const [rows, columns] = [height / tall, width / wide];
      const split = reshape(program, asRows(program, input), [batch * rows, tall, columns, wide, channels]);
      const moved = permute(program, split, [1, 3, 0, 2, 4]);
      const y = reshape(program, moved, [tall * wide * batch, rows, columns, channels]);
      return {...y, isWhole: input.isWhole};
    };
  },
};

/** Undoes SpaceToBatchOp, without the last rows and columns. */
const batchToSpaceOp: Kind = {
  read: ({config}) => {
    const [tall, wide] = config.counts('block', 2);
    const [bottom, right] = config.counts('crops', 2, undefined, 0);
    return (program, [input]) => {
      assertImages(input);
      const [examples, rows, columns, channels] = input.shape;
      const batch = examples / (tall * wide);
      const shape = [batch, rows * tall - bottom, columns * wide - right, channels];
      if (!shape.every((length) => Number.isInteger(length) && length > 0))
        throw new Error(
          `block ${tall},${wide} and crops ${bottom},${right} do not fit its input of shape [${input.shape}]`,
        );
      const split = reshape(program, asRows(program, input), [tall, wide, batch * rows, columns, channels]);
      const moved = permute(program, split, [2, 0, 3, 1, 4]);
      const whole = reshape(program, moved, [batch, rows * tall, columns * wide, channels]);
      if (bottom + right === 0) return {...whole, isWhole: input.isWhole};
      const y = program.value(shape);
      copy(program, shape, operandOf(whole), operandOf(y));
      return {...y, isWhole: input.isWhole};
    };
  },
};

export const blockMoves: Record<string, Kind> = {
  DepthToSpaceOp: blocks(true),
  SpaceToDepthOp: blocks(false),
  SpaceToBatchOp: spaceToBatchOp,
  BatchToSpaceOp: batchToSpaceOp,
};
