import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.dense>;

/** A tf.layers.dense layer with a mask for its kernel. */
export const PrunableDense: PrunableClass<Args> = builtIn('Dense');
export type PrunableDense = InstanceType<typeof PrunableDense>;

/** Makes a PrunableDense from the arguments of tf.layers.dense. */
export const prunableDense: (...args: Args) => PrunableDense = factoryOf('prunableDense', PrunableDense);
