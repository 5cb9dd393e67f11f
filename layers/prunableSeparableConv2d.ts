import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.separableConv2d>;

/** A tf.layers.separableConv2d layer with masks for its kernels, the depthwise and the pointwise one. */
export const PrunableSeparableConv2D: PrunableClass<Args> = builtIn('SeparableConv2D');
export type PrunableSeparableConv2D = InstanceType<typeof PrunableSeparableConv2D>;

/** Makes a PrunableSeparableConv2D from the arguments of tf.layers.separableConv2d. */
export const prunableSeparableConv2d: (...args: Args) => PrunableSeparableConv2D = factoryOf(
  'prunableSeparableConv2d',
  PrunableSeparableConv2D,
);
