import * as tf from '@tensorflow/tfjs-core';
import {concat} from '../../channels/rules/elementwise';
import {channelwise} from '../../channels/rules/perChannel';
import {pinned} from '../../channels/rules/rule';
import {mirrored, rowsAt, tiled} from './gradients';
import {opLayer} from './opLayer';
import {besides, configOf} from './rules';

interface PadConfig {
  /** The elements before and after, for each dimension with the batch. */
  readonly paddings: [before: number, after: number][];
  readonly mode: 'constant' | 'reflect' | 'symmetric';
  readonly value: number;
}

const isPadded = ([before, after]: readonly number[]) => before + after > 0;

/** Pads dimensions. Zeros beside the channels are new channels. */
export const padOp = opLayer<PadConfig>('PadOp', {
  compute: ([x], {paddings, mode, value}) =>
    mode === 'constant' ? tf.pad(x, paddings, value) : mirrored(x, paddings, mode),
  shape: ([shape], {paddings}) =>
    shape.map((dim, i) => (dim === null ? null : dim + paddings[i][0] + paddings[i][1])),
  propagation: (context) => {
    const {paddings, mode, value} = configOf<PadConfig>(context);
    const [{axis}] = context.inputs;
    const own = paddings[axis + 1];
    if (mode !== 'constant') {
      return isPadded(own)
        ? pinned('it mirrors its channels')
        : channelwise(context.alignInput(0, axis), axis);
    }
    if (value !== 0) return pinned(`it pads with ${value}`);
    const input = context.alignBorderedInput(0, axis);
    const [before, after] = own.map((count) => context.channels.fresh(count));
    const isInside = paddings.every((pair, i) => i === axis + 1 || !isPadded(pair));
    return {
      ...{outputs: [{axis, ids: concat([before, input.ids, after])}], weightAxes: [], linearMaps: []},
      values: () => Float64Array.from([...before.map(() => 0), ...input.values, ...after.map(() => 0)]),
      border: isInside ? input.border : JSON.stringify([input.border, input.shape, paddings]),
      config: (count) => ({
        paddings: paddings.map((pair, i) => (i === axis + 1 ? [count(before), count(after)] : pair)),
      }),
    };
  },
});

interface SliceConfig {
  /** For each dimension with the batch. */
  readonly begin: number[];
  /** For each dimension with the batch; −1 for all to the end. */
  readonly size: number[];
}

/** A contiguous part of a tensor. */
export const sliceOp = opLayer<SliceConfig>('SliceOp', {
  compute: ([x], {begin, size}) => tf.slice(x, begin, size),
  shape: ([shape], {begin, size}) =>
    shape.map((dim, i) => (size[i] >= 0 ? size[i] : dim === null ? null : dim - begin[i])),
  propagation: (context) => {
    const {begin, size} = configOf<SliceConfig>(context);
    const {axis, ids, values} = context.alignInput(0, context.inputs[0].axis);
    const [from, count] = [begin[axis + 1], size[axis + 1]];
    const to = count < 0 ? ids.length : from + count;
    const at = (list: number[], value: number) => list.map((one, i) => (i === axis + 1 ? value : one));
    return {
      ...{outputs: [{axis, ids: ids.slice(from, to)}], weightAxes: [], linearMaps: []},
      values: () => values.slice(from, to),
      config: (kept) => ({
        begin: at(begin, kept(ids.subarray(0, from))),
        size: at(size, kept(ids.subarray(from, to))),
      }),
    };
  },
});

/** Elements along a dimension, by their constant indices. */
export const gatherOp = opLayer<{indices: number[]; axis: number}>('GatherOp', {
  compute: ([x], {indices, axis}) => tf.gather(x, tf.tensor1d(indices, 'int32'), axis),
  shape: ([shape], {indices, axis}) => shape.map((dim, i) => (i === axis ? indices.length : dim)),
  propagation: besides<{axis: number}>(({axis}) => [axis]),
});

/**
 * Slices of the first tensor by indices in the last dimension of the second, per example. The gradient is that of `tf.gather`,
 * as `tf.gatherND` has none.
 */
export const gatherNdOp = opLayer('GatherNdOp', {
  compute: ([x, indices]) => {
    const depth = indices.shape[indices.rank - 1];
    const sizes = x.shape.slice(0, depth + 1);
    const rest = x.shape.slice(depth + 1);
    const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((a, b) => a * b, 1));
    const [batch] = x.shape;
    const examples = indices.shape.map((_, i) => (i === 0 ? batch : 1)).slice(0, -1);
    const offsets = tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(strides[0], 'int32'));
    const steps = tf.mul(tf.cast(indices, 'int32'), tf.tensor1d(strides.slice(1), 'int32'));
    const rows = rowsAt(
      tf.reshape(x, [-1, ...rest]),
      tf.add(tf.cast(tf.sum(steps, -1), 'int32'), tf.reshape(offsets, examples)),
    );
    return tf.reshape(rows, [...indices.shape.slice(0, -1), ...rest]);
  },
  shape: ([x, indices]) => {
    const depth = indices[indices.length - 1] as number;
    return [...indices.slice(0, -1), ...x.slice(depth + 1)];
  },
});

/** Repeats a tensor along its dimensions. */
export const tileOp = opLayer<{reps: number[]}>('TileOp', {
  compute: ([x], {reps}) => tiled(x, reps),
  shape: ([shape], {reps}) => shape.map((dim, i) => (dim === null ? null : dim * reps[i])),
  propagation: besides<{reps: number[]}>(({reps}) =>
    reps.flatMap((count, axis) => (count === 1 ? [] : [axis])),
  ),
});
