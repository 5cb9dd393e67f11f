import type {Tensor} from '@tensorflow/tfjs-core';
import {type Layer, layerClass, registered} from '../src/model/tfjs';
import {type ArgsOf, type BuiltIn, builtIn, type Factory, factoryOf} from './builtIn';
import type {Maskable, PrunableClass} from './prunableClass';

/** A recurrent layer class whose cell has masks. */
export type RecurrentClass<Args extends unknown[]> = PrunableClass<Args, Layer>;

/**
 * The recurrent tfjs layer class with this name, with cells of another class, registered for loading as `Prunable` and the
 * name. Weights are multiplied by their masks once for all steps.
 */
function recurrent<Args extends unknown[]>(
  className: string,
  Cell: PrunableClass<[config: never]>,
): RecurrentClass<Args> {
  class Recurrent extends layerClass<[config: object]>(className) {
    static className = `Prunable${className}`;
    static plainName = className;
    declare cell: Layer & Maskable;

    constructor(config: object) {
      super({...config});
      // Replaces the cell that the tfjs class made of the same configuration and did not build yet.
      this.cell = new Cell(config as never);
    }

    override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]): Tensor | Tensor[] {
      return this.cell.withMasks(() => super.call(inputs, kwargs));
    }
  }

  return registered(Recurrent);
}

/** A tf.layers.simpleRNNCell with masks for its kernel and its recurrent kernel. */
export const PrunableSimpleRNNCell: BuiltIn<'simpleRNNCell'> = builtIn('SimpleRNNCell');
export type PrunableSimpleRNNCell = InstanceType<typeof PrunableSimpleRNNCell>;

/**
 * Makes a PrunableSimpleRNNCell; takes the same arguments as tf.layers.simpleRNNCell.
 *
 * @returns the cell, for the layer `rnn` of tfjs, with masks for its two kernels.
 * @throws as tf.layers.simpleRNNCell does, on bad arguments.
 * @example prunableSimpleRNNCell({units: 8})
 * @function
 */
export const prunableSimpleRNNCell: Factory<'simpleRNNCell', PrunableSimpleRNNCell> = factoryOf(
  'prunableSimpleRNNCell',
  PrunableSimpleRNNCell,
);

/** A tf.layers.simpleRNN layer whose cell is a PrunableSimpleRNNCell. */
export const PrunableSimpleRNN: RecurrentClass<ArgsOf<'simpleRNN'>> = recurrent(
  'SimpleRNN',
  PrunableSimpleRNNCell,
);
export type PrunableSimpleRNN = InstanceType<typeof PrunableSimpleRNN>;

/**
 * Makes a PrunableSimpleRNN; takes the same arguments as tf.layers.simpleRNN.
 *
 * @returns the layer, with masks for its two kernels.
 * @throws as tf.layers.simpleRNN does, on bad arguments.
 * @example prunableSimpleRNN({units: 8})
 * @function
 */
export const prunableSimpleRNN: Factory<'simpleRNN', PrunableSimpleRNN> = factoryOf(
  'prunableSimpleRNN',
  PrunableSimpleRNN,
);

/** A tf.layers.gruCell with masks for its kernel and its recurrent kernel. */
export const PrunableGRUCell: BuiltIn<'gruCell'> = builtIn('GRUCell');
export type PrunableGRUCell = InstanceType<typeof PrunableGRUCell>;

/**
 * Makes a PrunableGRUCell; takes the same arguments as tf.layers.gruCell.
 *
 * @returns the cell, for the layer `rnn` of tfjs, with masks for its two kernels.
 * @throws as tf.layers.gruCell does, on bad arguments.
 * @example prunableGruCell({units: 8})
 * @function
 */
export const prunableGruCell: Factory<'gruCell', PrunableGRUCell> = factoryOf(
  'prunableGruCell',
  PrunableGRUCell,
);

/** A tf.layers.gru layer whose cell is a PrunableGRUCell. */
export const PrunableGRU: RecurrentClass<ArgsOf<'gru'>> = recurrent('GRU', PrunableGRUCell);
export type PrunableGRU = InstanceType<typeof PrunableGRU>;

/**
 * Makes a PrunableGRU; takes the same arguments as tf.layers.gru.
 *
 * @returns the layer, with masks for its two kernels.
 * @throws as tf.layers.gru does, on bad arguments.
 * @example prunableGru({units: 8})
 * @function
 */
export const prunableGru: Factory<'gru', PrunableGRU> = factoryOf('prunableGru', PrunableGRU);

/** A tf.layers.lstmCell with masks for its kernel and its recurrent kernel. */
export const PrunableLSTMCell: BuiltIn<'lstmCell'> = builtIn('LSTMCell');
export type PrunableLSTMCell = InstanceType<typeof PrunableLSTMCell>;

/**
 * Makes a PrunableLSTMCell; takes the same arguments as tf.layers.lstmCell.
 *
 * @returns the cell, for the layer `rnn` of tfjs, with masks for its two kernels.
 * @throws as tf.layers.lstmCell does, on bad arguments.
 * @example prunableLstmCell({units: 8})
 * @function
 */
export const prunableLstmCell: Factory<'lstmCell', PrunableLSTMCell> = factoryOf(
  'prunableLstmCell',
  PrunableLSTMCell,
);

/** A tf.layers.lstm layer whose cell is a PrunableLSTMCell. */
export const PrunableLSTM: RecurrentClass<ArgsOf<'lstm'>> = recurrent('LSTM', PrunableLSTMCell);
export type PrunableLSTM = InstanceType<typeof PrunableLSTM>;

/**
 * Makes a PrunableLSTM; takes the same arguments as tf.layers.lstm.
 *
 * @returns the layer, with masks for its two kernels.
 * @throws as tf.layers.lstm does, on bad arguments.
 * @example prunableLstm({units: 8, returnSequences: true})
 * @function
 */
export const prunableLstm: Factory<'lstm', PrunableLSTM> = factoryOf('prunableLstm', PrunableLSTM);

/** A tf.layers.convLstm2dCell with masks for its kernel and its recurrent kernel. */
export const PrunableConvLSTM2DCell: BuiltIn<'convLstm2dCell'> = builtIn('ConvLSTM2DCell');
export type PrunableConvLSTM2DCell = InstanceType<typeof PrunableConvLSTM2DCell>;

/**
 * Makes a PrunableConvLSTM2DCell; takes the same arguments as tf.layers.convLstm2dCell.
 *
 * @returns the cell, for the layer `rnn` of tfjs, with masks for its two kernels.
 * @throws as tf.layers.convLstm2dCell does, on bad arguments.
 * @example prunableConvLstm2dCell({filters: 8, kernelSize: 3})
 * @function
 */
export const prunableConvLstm2dCell: Factory<'convLstm2dCell', PrunableConvLSTM2DCell> = factoryOf(
  'prunableConvLstm2dCell',
  PrunableConvLSTM2DCell,
);

/** A tf.layers.convLstm2d layer whose cell is a PrunableConvLSTM2DCell. */
export const PrunableConvLSTM2D: RecurrentClass<ArgsOf<'convLstm2d'>> = recurrent(
  'ConvLSTM2D',
  PrunableConvLSTM2DCell,
);
export type PrunableConvLSTM2D = InstanceType<typeof PrunableConvLSTM2D>;

/**
 * Makes a PrunableConvLSTM2D; takes the same arguments as tf.layers.convLstm2d.
 *
 * @returns the layer, with masks for its two kernels.
 * @throws as tf.layers.convLstm2d does, on bad arguments.
 * @example prunableConvLstm2d({filters: 8, kernelSize: 3})
 * @function
 */
export const prunableConvLstm2d: Factory<'convLstm2d', PrunableConvLSTM2D> = factoryOf(
  'prunableConvLstm2d',
  PrunableConvLSTM2D,
);
