import type {serialization} from '@tensorflow/tfjs-core';
import {fieldsIn, type Layer, variableIn} from '../../model/tfjs';
import type {Shape} from './rule';

/** The fields of tfjs layers that determine how channels pass through them. */
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

/** The number of elements in a shape; undefined if a dimension is unknown. */
export function sizeOf(shape: Shape): number | undefined {
  return shape.reduce<number | undefined>(
    (product, dim) => (product === undefined || dim === null ? undefined : product * dim),
    1,
  );
}

/** Repeats each number of a list: `[a, a, b, b]`. */
export function repeatEach(ids: Int32Array, times: number): Int32Array {
  return Int32Array.from({length: ids.length * times}, (_, i) => ids[Math.floor(i / times)]);
}

/** Repeats a list: `[a, b, a, b]`. */
export function tile(ids: Int32Array, times: number): Int32Array {
  return Int32Array.from({length: ids.length * times}, (_, i) => ids[i % ids.length]);
}
