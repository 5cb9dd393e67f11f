import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.conv2d>;

/** A tf.layers.conv2d layer with a mask for its kernel. */
export const PrunableConv2D: PrunableClass<Args> = builtIn('Conv2D');
export type PrunableConv2D = InstanceType<typeof PrunableConv2D>;

/** Makes a PrunableConv2D from the arguments of tf.layers.conv2d. */
export const prunableConv2d: (...args: Args) => PrunableConv2D = factoryOf('prunableConv2d', PrunableConv2D);
