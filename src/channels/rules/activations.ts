import type {Layer} from '../../model/tfjs';
import {fieldsOf} from './fields';
import type {CallContext} from './rule';

const ELEMENTWISE =
  'linear relu relu6 elu selu sigmoid hardSigmoid softplus softsign tanh gelu gelu_new mish swish'.split(' ');

const MOVES_ZERO = ['sigmoid', 'hardSigmoid', 'softplus'];

/** Whether the activation of a layer maps 0 to 0. */
export function keepsZero(layer: Layer): boolean {
  const name = fieldsOf(layer).activation?.getClassName() ?? 'linear';
  return ELEMENTWISE.includes(name) && !MOVES_ZERO.includes(name);
}

/** Why a layer's activations may combine channels; undefined if they do not. */
export function mixingActivation(layer: Layer): string | undefined {
  const {activation, recurrentActivation} = fieldsOf(layer);
  const names = [activation, recurrentActivation].map((one) => one?.getClassName() ?? 'linear');
  const mixing = names.find((name) => !ELEMENTWISE.includes(name));
  return mixing && `its activation ${mixing} may take all channels together`;
}

/** Pins a layer's outputs if its activation may combine them. */
export function pinMixed({layer, channels}: CallContext, ids: Int32Array): void {
  const reason = mixingActivation(layer);
  if (reason !== undefined) channels.pin(ids, `${layer.name}: ${reason}`);
}

/** The values of a layer's outputs, by those before its activation: all vary if it combines one that does. */
export function activated(layer: Layer, values: Float64Array): Float64Array {
  const isMixed = mixingActivation(layer) !== undefined && values.some(Number.isNaN);
  return isMixed ? values.map(() => Number.NaN) : values;
}
