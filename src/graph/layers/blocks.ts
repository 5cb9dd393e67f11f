import * as tf from '@tensorflow/tfjs-core';
import {opLayer} from './opLayer';
import {besides} from './rules';

type Pair = [rows: number, columns: number];

const by = (dim: number | null, factor: number, crop = 0): number | null =>
  dim === null ? null : Math.round(dim * factor) - crop;

/** tfjs calls them with as many examples as a block has positions, which measuring constants would not. */
const movesPositions = besides(() => [1, 2], undefined, true);

/** Makes an example of every few rows and columns, for each row and column of a block. */
export const spaceToBatchOp = opLayer<{block: Pair}>('SpaceToBatchOp', {
  compute: ([x], {block}) =>
    tf.spaceToBatchND(x, block, [
      [0, 0],
      [0, 0],
    ]),
  shape: ([[, height, width, channels]], {block}) => [
    null,
    by(height, 1 / block[0]),
    by(width, 1 / block[1]),
    channels,
  ],
  propagation: movesPositions,
});

/** Undoes SpaceToBatchOp, and crops the last rows and columns. */
export const batchToSpaceOp = opLayer<{block: Pair; crops: Pair}>('BatchToSpaceOp', {
  compute: ([x], {block, crops: [bottom, right]}) =>
    tf.batchToSpaceND(x, block, [
      [0, bottom],
      [0, right],
    ]),
  shape: ([[, height, width, channels]], {block, crops}) => [
    null,
    by(height, block[0], crops[0]),
    by(width, block[1], crops[1]),
    channels,
  ],
  propagation: movesPositions,
});

/** Moves blocks of channels to positions. `tf.depthToSpace` has no gradient. */
export const depthToSpaceOp = opLayer<{block: number}>('DepthToSpaceOp', {
  compute: ([x], {block}) => {
    const [batch, height, width, depth] = x.shape;
    const rows = tf.reshape(x, [batch * height, width, block, depth / block]);
    const blocks = tf.transpose(rows, [0, 2, 1, 3]);
    return tf.reshape(blocks, [batch, height * block, width * block, depth / block ** 2]);
  },
  shape: ([[batch, height, width, depth]], {block}) => [
    ...[batch, by(height, block), by(width, block), by(depth, 1 / block ** 2)],
  ],
});

/** Moves blocks of positions to channels. */
export const spaceToDepthOp = opLayer<{block: number}>('SpaceToDepthOp', {
  compute: ([x], {block}) => {
    const [batch, height, width, channels] = x.shape;
    const [rows, columns] = [height / block, width / block];
    const pixels = tf.reshape(x, [batch * rows, block, columns, block * channels]);
    const blocks = tf.transpose(pixels, [0, 2, 1, 3]);
    return tf.reshape(blocks, [batch, rows, columns, block * block * channels]);
  },
  shape: ([[batch, height, width, channels]], {block}) => [
    ...[batch, by(height, 1 / block), by(width, 1 / block), by(channels, block ** 2)],
  ],
});
