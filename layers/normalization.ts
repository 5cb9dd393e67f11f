import {type ArgsOf, builtIn, factoryOf} from './builtIn';
import type {PrunableClass} from './makePrunable';

/**
 * A tf.layers.batchNormalization layer with masks for gamma and beta; without gamma, for the moving mean. They are not
 * pruned on their own: a channel that `channel()` prunes in the layer before is masked in them too, so that it is
 * exactly 0 after the norm, in training and in prediction.
 */
export const PrunableBatchNormalization: PrunableClass<ArgsOf<'batchNormalization'>> =
  builtIn('BatchNormalization');
export type PrunableBatchNormalization = InstanceType<typeof PrunableBatchNormalization>;

/** Makes a PrunableBatchNormalization from the arguments of tf.layers.batchNormalization. */
export const prunableBatchNormalization: (
  ...args: ArgsOf<'batchNormalization'>
) => PrunableBatchNormalization = factoryOf('prunableBatchNormalization', PrunableBatchNormalization);
