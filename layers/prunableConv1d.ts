import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.conv1d>;

/** A tf.layers.conv1d layer with a mask for its kernel. */
export const PrunableConv1D: PrunableClass<Args> = builtIn('Conv1D');
export type PrunableConv1D = InstanceType<typeof PrunableConv1D>;

/** Makes a PrunableConv1D from the arguments of tf.layers.conv1d. */
export const prunableConv1d: (...args: Args) => PrunableConv1D = factoryOf('prunableConv1d', PrunableConv1D);
