import type {serialization} from '@tensorflow/tfjs-core';
import {fieldsIn, type Layer, variableIn} from '../../model/tfjs';
import type {Shape} from './rule';

/** What the layers of tfjs keep of their configuration, as far as it decides about channels. */
interface Fields {
  readonly dataFormat?: string;
  readonly padding?: string | number;
  readonly kernelSize?: readonly number[];
  readonly depthMultiplier?: number;
  readonly useBias?: boolean;
  readonly activation?: serialization.Serializable | null;
  readonly recurrentActivation?: serialization.Serializable | null;
  readonly axis?: number | readonly number[];
  readonly scale?: boolean;
  readonly dims?: readonly number[];
  readonly noiseShape?: readonly number[] | null;
  readonly cell?: Layer;
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
  readonly mergeMode?: string | null;
  readonly stateful?: boolean;
  readonly returnState?: boolean;
}

export const fieldsOf = (layer: Layer): Fields => fieldsIn<Fields>(layer);

/** The shape of the variable in a field of a layer. */
export const shapeOf = (layer: Layer, field: string) => variableIn(layer, field)?.shape as number[];

/** The axis of a layer's channels in a shape without the batch dimension. */
export function channelAxis(layer: Layer, shape: Shape): number {
  return fieldsOf(layer).dataFormat === 'channelsFirst' ? 0 : shape.length - 1;
}

const ELEMENTWISE =
  'linear relu relu6 elu selu sigmoid hardSigmoid softplus softsign tanh gelu gelu_new mish swish'.split(' ');

const MOVES_ZERO = ['sigmoid', 'hardSigmoid', 'softplus'];

/** Whether the activation of a layer is 0 at 0. */
export function keepsZero(layer: Layer): boolean {
  const name = fieldsOf(layer).activation?.getClassName() ?? 'linear';
  return ELEMENTWISE.includes(name) && !MOVES_ZERO.includes(name);
}

/** Why channels do not go through the activations of a layer each on its own, or undefined if they do. */
export function mixingActivation(layer: Layer): string | undefined {
  const {activation, recurrentActivation} = fieldsOf(layer);
  const names = [activation, recurrentActivation].map((one) => one?.getClassName() ?? 'linear');
  const mixing = names.find((name) => !ELEMENTWISE.includes(name));
  return mixing && `its activation ${mixing} may take all channels together`;
}

/** The number of elements in a shape, or undefined where a dimension is not known. */
export function sizeOf(shape: Shape): number | undefined {
  return shape.reduce<number | undefined>(
    (product, dim) => (product === undefined || dim === null ? undefined : product * dim),
    1,
  );
}

/** A list in which each number is repeated, `[a, a, b, b]`. */
export function repeatEach(ids: Int32Array, times: number): Int32Array {
  return Int32Array.from({length: ids.length * times}, (_, i) => ids[Math.floor(i / times)]);
}

/** A list after itself, `[a, b, a, b]`. */
export function tile(ids: Int32Array, times: number): Int32Array {
  return Int32Array.from({length: ids.length * times}, (_, i) => ids[i % ids.length]);
}
