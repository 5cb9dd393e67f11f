import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';
import {builtInRecurrent, type RecurrentClass} from './makeRecurrent';

type Args = Parameters<typeof layers.simpleRNN>;
type CellArgs = Parameters<typeof layers.simpleRNNCell>;

/** A tf.layers.simpleRNNCell with masks for its kernel and its recurrent kernel. */
export const PrunableSimpleRNNCell: PrunableClass<CellArgs> = builtIn('SimpleRNNCell');
export type PrunableSimpleRNNCell = InstanceType<typeof PrunableSimpleRNNCell>;

/** Makes a PrunableSimpleRNNCell from the arguments of tf.layers.simpleRNNCell. */
export const prunableSimpleRNNCell: (...args: CellArgs) => PrunableSimpleRNNCell = factoryOf(
  'prunableSimpleRNNCell',
  PrunableSimpleRNNCell,
);

/** A tf.layers.simpleRNN layer whose cell is a PrunableSimpleRNNCell. */
export const PrunableSimpleRNN: RecurrentClass<Args> = builtInRecurrent('SimpleRNN', PrunableSimpleRNNCell);
export type PrunableSimpleRNN = InstanceType<typeof PrunableSimpleRNN>;

/** Makes a PrunableSimpleRNN from the arguments of tf.layers.simpleRNN. */
export const prunableSimpleRNN: (...args: Args) => PrunableSimpleRNN = factoryOf(
  'prunableSimpleRNN',
  PrunableSimpleRNN,
);
