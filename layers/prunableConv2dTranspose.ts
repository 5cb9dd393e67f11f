import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.conv2dTranspose>;

/** A tf.layers.conv2dTranspose layer with a mask for its kernel. */
export const PrunableConv2DTranspose: PrunableClass<Args> = builtIn('Conv2DTranspose');
export type PrunableConv2DTranspose = InstanceType<typeof PrunableConv2DTranspose>;

/** Makes a PrunableConv2DTranspose from the arguments of tf.layers.conv2dTranspose. */
export const prunableConv2dTranspose: (...args: Args) => PrunableConv2DTranspose = factoryOf(
  'prunableConv2dTranspose',
  PrunableConv2DTranspose,
);
