import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';
import {builtInRecurrent, type RecurrentClass} from './makeRecurrent';

type Args = Parameters<typeof layers.lstm>;
type CellArgs = Parameters<typeof layers.lstmCell>;

/** A tf.layers.lstmCell with masks for its kernel and its recurrent kernel. */
export const PrunableLSTMCell: PrunableClass<CellArgs> = builtIn('LSTMCell');
export type PrunableLSTMCell = InstanceType<typeof PrunableLSTMCell>;

/** Makes a PrunableLSTMCell from the arguments of tf.layers.lstmCell. */
export const prunableLstmCell: (...args: CellArgs) => PrunableLSTMCell = factoryOf(
  'prunableLstmCell',
  PrunableLSTMCell,
);

/** A tf.layers.lstm layer whose cell is a PrunableLSTMCell. */
export const PrunableLSTM: RecurrentClass<Args> = builtInRecurrent('LSTM', PrunableLSTMCell);
export type PrunableLSTM = InstanceType<typeof PrunableLSTM>;

/** Makes a PrunableLSTM from the arguments of tf.layers.lstm. */
export const prunableLstm: (...args: Args) => PrunableLSTM = factoryOf('prunableLstm', PrunableLSTM);
