import type {Factor} from '../kernels/product';
import type {Program} from '../machine/Program';
import type {Value} from '../machine/Value';
import type {Activation, Layer, Weight} from '../model/Layer';
import {activate, activationIn, clampFor} from './activations';

/** A product, and the ops that are computed with it. */
export interface Ending {
  readonly factor: Factor;
  /** An activation that the product does not compute. */
  readonly activation?: Activation;
}

/**
 * The matrix of a layer, with its bias and all that follows.
 *
 * @param values [inputs, outputs]
 */
export function ending({config, after, weight}: Layer, values: Float32Array, outputs: number): Ending {
  const added = config.flag('use_bias', true) ? weight('bias', 1).values : new Float32Array(outputs);
  if (added.length !== outputs) throw new Error(`bias has ${added.length} elements, not ${outputs}`);
  const own = activationIn(config);
  const activation = own.name === 'linear' ? (after.activation ?? own) : own;
  const clamp = clampFor(activation);
  const {scale, shift} = after.norm ?? {};
  if (scale !== undefined && scale.length !== outputs)
    throw new Error('the batch norm after it has other channels');
  const bias = added.map((value, i) => value * (scale?.[i] ?? 1) + (shift?.[i] ?? 0));
  const factor = {
    ...(scale === undefined ? {values} : {values: scaled(values, scale), from: {values, scale}}),
    outputs,
    bias,
    ...(clamp ?? {low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY}),
  };
  return clamp === undefined ? {factor, activation} : {factor};
}

function scaled(values: Float32Array, scale: Float32Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0, j = 0; i < values.length; i++) {
    result[i] = values[i] * scale[j];
    if (++j === scale.length) j = 0;
  }
  return result;
}

/** Adds the activation that the product does not compute. */
export const finish = (program: Program, y: Value, {activation}: Ending) =>
  activation === undefined ? y : activate(program, y, activation);

/** A matrix without bias and activation. */
export function bare({values}: Weight, outputs: number): Ending {
  const bias = new Float32Array(outputs);
  return {factor: {values, outputs, bias, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY}};
}
