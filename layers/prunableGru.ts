import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';
import {builtInRecurrent, type RecurrentClass} from './makeRecurrent';

type Args = Parameters<typeof layers.gru>;
type CellArgs = Parameters<typeof layers.gruCell>;

/** A tf.layers.gruCell with masks for its kernel and its recurrent kernel. */
export const PrunableGRUCell: PrunableClass<CellArgs> = builtIn('GRUCell');
export type PrunableGRUCell = InstanceType<typeof PrunableGRUCell>;

/** Makes a PrunableGRUCell from the arguments of tf.layers.gruCell. */
export const prunableGruCell: (...args: CellArgs) => PrunableGRUCell = factoryOf(
  'prunableGruCell',
  PrunableGRUCell,
);

/** A tf.layers.gru layer whose cell is a PrunableGRUCell. */
export const PrunableGRU: RecurrentClass<Args> = builtInRecurrent('GRU', PrunableGRUCell);
export type PrunableGRU = InstanceType<typeof PrunableGRU>;

/** Makes a PrunableGRU from the arguments of tf.layers.gru. */
export const prunableGru: (...args: Args) => PrunableGRU = factoryOf('prunableGru', PrunableGRU);
