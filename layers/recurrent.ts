import {serialization, type Tensor} from '@tensorflow/tfjs-core';
import type {layers} from '@tensorflow/tfjs-layers';
import {classMap} from '../src/model/tfjs';
import {type ArgsOf, builtIn, factoryOf} from './builtIn';
import type {LayerClass} from './declareLayer';
import type {PrunableClass} from './makePrunable';

type Layer = layers.Layer;

/** A recurrent layer class whose cell has masks. */
export type RecurrentClass<Args extends unknown[]> = (new (
  ...args: Args
) => Layer) & {
  className: string;
  /** The name of the class that `strip` puts in its place. */
  plainName: string;
};

/**
 * The recurrent layer class of tfjs of a name, with cells of another class, registered for loading as `Prunable` and
 * that name. A weight is multiplied by its mask once for all steps.
 */
function builtInRecurrent<Args extends unknown[], CellArgs extends unknown[]>(
  className: string,
  Cell: PrunableClass<CellArgs>,
): RecurrentClass<Args> {
  const Base = classMap()[className][0] as unknown as LayerClass<Args>;

  // biome-ignore lint/suspicious/noExplicitAny: TypeScript wants just this of the constructor of a mixin's base.
  class Recurrent extends (Base as new (...args: any[]) => Layer) {
    static className = `Prunable${className}`;
    static plainName = className;
    declare cell: InstanceType<typeof Cell>;

    constructor(args: object) {
      super({...args});
      // In the place of the cell that the class of tfjs made of the same arguments and did not build yet.
      this.cell = new Cell(...([args] as unknown as CellArgs));
    }

    override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]): Tensor | Tensor[] {
      return this.cell.withMasks(() => super.call(inputs, kwargs));
    }
  }

  serialization.registerClass(Recurrent as never);
  return Recurrent as unknown as RecurrentClass<Args>;
}

/** A tf.layers.simpleRNNCell with masks for its kernel and its recurrent kernel. */
export const PrunableSimpleRNNCell: PrunableClass<ArgsOf<'simpleRNNCell'>> = builtIn('SimpleRNNCell');
export type PrunableSimpleRNNCell = InstanceType<typeof PrunableSimpleRNNCell>;

/** Makes a PrunableSimpleRNNCell from the arguments of tf.layers.simpleRNNCell. */
export const prunableSimpleRNNCell: (...args: ArgsOf<'simpleRNNCell'>) => PrunableSimpleRNNCell = factoryOf(
  'prunableSimpleRNNCell',
  PrunableSimpleRNNCell,
);

/** A tf.layers.simpleRNN layer whose cell is a PrunableSimpleRNNCell. */
export const PrunableSimpleRNN: RecurrentClass<ArgsOf<'simpleRNN'>> = builtInRecurrent(
  'SimpleRNN',
  PrunableSimpleRNNCell,
);
export type PrunableSimpleRNN = InstanceType<typeof PrunableSimpleRNN>;

/** Makes a PrunableSimpleRNN from the arguments of tf.layers.simpleRNN. */
export const prunableSimpleRNN: (...args: ArgsOf<'simpleRNN'>) => PrunableSimpleRNN = factoryOf(
  'prunableSimpleRNN',
  PrunableSimpleRNN,
);

/** A tf.layers.gruCell with masks for its kernel and its recurrent kernel. */
export const PrunableGRUCell: PrunableClass<ArgsOf<'gruCell'>> = builtIn('GRUCell');
export type PrunableGRUCell = InstanceType<typeof PrunableGRUCell>;

/** Makes a PrunableGRUCell from the arguments of tf.layers.gruCell. */
export const prunableGruCell: (...args: ArgsOf<'gruCell'>) => PrunableGRUCell = factoryOf(
  'prunableGruCell',
  PrunableGRUCell,
);

/** A tf.layers.gru layer whose cell is a PrunableGRUCell. */
export const PrunableGRU: RecurrentClass<ArgsOf<'gru'>> = builtInRecurrent('GRU', PrunableGRUCell);
export type PrunableGRU = InstanceType<typeof PrunableGRU>;

/** Makes a PrunableGRU from the arguments of tf.layers.gru. */
export const prunableGru: (...args: ArgsOf<'gru'>) => PrunableGRU = factoryOf('prunableGru', PrunableGRU);

/** A tf.layers.lstmCell with masks for its kernel and its recurrent kernel. */
export const PrunableLSTMCell: PrunableClass<ArgsOf<'lstmCell'>> = builtIn('LSTMCell');
export type PrunableLSTMCell = InstanceType<typeof PrunableLSTMCell>;

/** Makes a PrunableLSTMCell from the arguments of tf.layers.lstmCell. */
export const prunableLstmCell: (...args: ArgsOf<'lstmCell'>) => PrunableLSTMCell = factoryOf(
  'prunableLstmCell',
  PrunableLSTMCell,
);

/** A tf.layers.lstm layer whose cell is a PrunableLSTMCell. */
export const PrunableLSTM: RecurrentClass<ArgsOf<'lstm'>> = builtInRecurrent('LSTM', PrunableLSTMCell);
export type PrunableLSTM = InstanceType<typeof PrunableLSTM>;

/** Makes a PrunableLSTM from the arguments of tf.layers.lstm. */
export const prunableLstm: (...args: ArgsOf<'lstm'>) => PrunableLSTM = factoryOf(
  'prunableLstm',
  PrunableLSTM,
);

/** A tf.layers.convLstm2dCell with masks for its kernel and its recurrent kernel. */
export const PrunableConvLSTM2DCell: PrunableClass<ArgsOf<'convLstm2dCell'>> = builtIn('ConvLSTM2DCell');
export type PrunableConvLSTM2DCell = InstanceType<typeof PrunableConvLSTM2DCell>;

/** Makes a PrunableConvLSTM2DCell from the arguments of tf.layers.convLstm2dCell. */
export const prunableConvLstm2dCell: (...args: ArgsOf<'convLstm2dCell'>) => PrunableConvLSTM2DCell =
  factoryOf('prunableConvLstm2dCell', PrunableConvLSTM2DCell);

/** A tf.layers.convLstm2d layer whose cell is a PrunableConvLSTM2DCell. */
export const PrunableConvLSTM2D: RecurrentClass<ArgsOf<'convLstm2d'>> = builtInRecurrent(
  'ConvLSTM2D',
  PrunableConvLSTM2DCell,
);
export type PrunableConvLSTM2D = InstanceType<typeof PrunableConvLSTM2D>;

/** Makes a PrunableConvLSTM2D from the arguments of tf.layers.convLstm2d. */
export const prunableConvLstm2d: (...args: ArgsOf<'convLstm2d'>) => PrunableConvLSTM2D = factoryOf(
  'prunableConvLstm2d',
  PrunableConvLSTM2D,
);
