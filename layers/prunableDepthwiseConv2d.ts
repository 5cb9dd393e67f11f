import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.depthwiseConv2d>;

/** A tf.layers.depthwiseConv2d layer with a mask for its kernel. */
export const PrunableDepthwiseConv2D: PrunableClass<Args> = builtIn('DepthwiseConv2D');
export type PrunableDepthwiseConv2D = InstanceType<typeof PrunableDepthwiseConv2D>;

/** Makes a PrunableDepthwiseConv2D from the arguments of tf.layers.depthwiseConv2d. */
export const prunableDepthwiseConv2d: (...args: Args) => PrunableDepthwiseConv2D = factoryOf(
  'prunableDepthwiseConv2d',
  PrunableDepthwiseConv2D,
);
