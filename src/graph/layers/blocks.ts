import * as tf from '@tensorflow/tfjs-core';
import {opLayer} from './opLayer';
import {besides} from './rules';

type Pair = [rows: number, columns: number];

/** Makes an example of every few rows and columns, for each row and column of a block. */
export const spaceToBatchOp = opLayer<{block: Pair}>('SpaceToBatchOp', {
  compute: ([x], {block}) =>
    tf.spaceToBatchND(x, block, [
      [0, 0],
      [0, 0],
    ]),
  shape: ([[, height, width, channels]], {block}) => [
    null,
    height === null ? null : height / block[0],
    width === null ? null : width / block[1],
    channels,
  ],
  propagation: besides(() => [1, 2]),
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
    height === null ? null : height * block[0] - crops[0],
    width === null ? null : width * block[1] - crops[1],
    channels,
  ],
  propagation: besides(() => [1, 2]),
});
