import {engine, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {builtInName} from '../../model/builtIn';
import {shadow} from '../../model/shadow';
import {fieldsIn, type Layer} from '../../model/tfjs';
import type * as Sparse from '../../wasm/sparse/index';
import {matrixWindow} from '../../wasm/sparse/window';
import {computer} from './compute';
import {type Activation, linear} from './product';

/** The fields of a recurrent layer and of its cell. */
interface Fields {
  readonly cell: Layer;
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly stateful: boolean;
}

interface CellFields {
  readonly kernel: LayerVariable;
  readonly recurrentKernel: LayerVariable;
  readonly bias?: LayerVariable | null;
  readonly units: number;
  readonly activation: Activation;
  readonly recurrentActivation?: Activation;
}

const layers = ['RNN', 'SimpleRNN', 'LSTM', 'GRU'];

const cells: Readonly<Record<string, Sparse.Recurrence['cell']>> = {
  SimpleRNNCell: 'simple',
  LSTMCell: 'lstm',
  GRUCell: 'gru',
};

/** The computation of a recurrent layer of tfjs; undefined for other layers, and those that keep their states. */
function recurrenceOf(layer: Layer, isKnown: (activation: string) => boolean): Sparse.Recurrence | undefined {
  const {cell, stateful, goBackwards, returnSequences} = fieldsIn<Fields>(layer);
  const kind = cell && cells[builtInName(cell) ?? ''];
  if (kind === undefined || stateful || !layers.includes(builtInName(layer) ?? '')) return undefined;
  const {
    units,
    activation: main,
    recurrentActivation: gate = linear,
  } = fieldsIn<CellFields>(cell as Layer) as CellFields;
  const [activation, recurrentActivation] = [main, gate].map((one) => one.getClassName());
  if (!isKnown(activation) || !isKnown(recurrentActivation)) return undefined;
  const flags = {isReversed: goBackwards === true, returnsSequences: returnSequences === true};
  return {cell: kind, units, activation, recurrentActivation, ...flags};
}

/**
 * Makes a recurrent layer compute all its steps in one kernel on the WASM backend, where it starts from zeros and no mask is
 * given. Returns its cell, or undefined if it does not.
 */
export function fuseSteps(layer: Layer, sparse: typeof Sparse): Layer | undefined {
  const recurrence = recurrenceOf(layer, sparse.isRecurrentActivation);
  if (recurrence === undefined) return undefined;
  const {cell, returnState} = fieldsIn<Fields>(layer) as Fields;
  const {kernel, recurrentKernel, bias} = fieldsIn<CellFields>(cell) as CellFields;
  const [channels, filters] = kernel.shape as number[];
  const window = matrixWindow(channels, filters);
  const product = computer({kernel, bias: bias ?? undefined, activation: linear, window}) as (
    x: Tensor,
  ) => Tensor;
  shadow(layer, 'call', (original) => (inputs, kwargs) => {
    const x = Array.isArray(inputs) && inputs.length === 1 ? inputs[0] : inputs;
    const {mask, training, initialState} = kwargs ?? {};
    // Dropout changes kernels in training.
    const isPlain = mask == null && initialState == null && !training && !engine().isTapeOn();
    if (Array.isArray(x) || x.rank !== 3 || x.size === 0 || x.dtype !== 'float32')
      return original(inputs, kwargs);
    if (!isPlain || sparse.unsupportedReason() !== undefined) return original(inputs, kwargs);
    return tidy(() => {
      const [y, ...states] = sparse.runRecurrence(product(x), recurrentKernel.read(), recurrence);
      return returnState ? [y, ...states] : y;
    });
  });
  return cell;
}
