import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.conv3d>;

/** A tf.layers.conv3d layer with a mask for its kernel. */
export const PrunableConv3D: PrunableClass<Args> = builtIn('Conv3D');
export type PrunableConv3D = InstanceType<typeof PrunableConv3D>;

/** Makes a PrunableConv3D from the arguments of tf.layers.conv3d. */
export const prunableConv3d: (...args: Args) => PrunableConv3D = factoryOf('prunableConv3d', PrunableConv3D);
