import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';
import {builtInRecurrent, type RecurrentClass} from './makeRecurrent';

type Args = Parameters<typeof layers.convLstm2d>;
type CellArgs = Parameters<typeof layers.convLstm2dCell>;

/** A tf.layers.convLstm2dCell with masks for its kernel and its recurrent kernel. */
export const PrunableConvLSTM2DCell: PrunableClass<CellArgs> = builtIn('ConvLSTM2DCell');
export type PrunableConvLSTM2DCell = InstanceType<typeof PrunableConvLSTM2DCell>;

/** Makes a PrunableConvLSTM2DCell from the arguments of tf.layers.convLstm2dCell. */
export const prunableConvLstm2dCell: (...args: CellArgs) => PrunableConvLSTM2DCell = factoryOf(
  'prunableConvLstm2dCell',
  PrunableConvLSTM2DCell,
);

/** A tf.layers.convLstm2d layer whose cell is a PrunableConvLSTM2DCell. */
export const PrunableConvLSTM2D: RecurrentClass<Args> = builtInRecurrent(
  'ConvLSTM2D',
  PrunableConvLSTM2DCell,
);
export type PrunableConvLSTM2D = InstanceType<typeof PrunableConvLSTM2D>;

/** Makes a PrunableConvLSTM2D from the arguments of tf.layers.convLstm2d. */
export const prunableConvLstm2d: (...args: Args) => PrunableConvLSTM2D = factoryOf(
  'prunableConvLstm2d',
  PrunableConvLSTM2D,
);
