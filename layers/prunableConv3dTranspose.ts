import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.conv3dTranspose>;

/** A tf.layers.conv3dTranspose layer with a mask for its kernel. */
export const PrunableConv3DTranspose: PrunableClass<Args> = builtIn('Conv3DTranspose');
export type PrunableConv3DTranspose = InstanceType<typeof PrunableConv3DTranspose>;

/** Makes a PrunableConv3DTranspose from the arguments of tf.layers.conv3dTranspose. */
export const prunableConv3dTranspose: (...args: Args) => PrunableConv3DTranspose = factoryOf(
  'prunableConv3dTranspose',
  PrunableConv3DTranspose,
);
