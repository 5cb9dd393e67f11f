import type {DataType} from '@tensorflow/tfjs-core';
import {type Bytes, fromBase64, toBase64} from '../util/bytes';

/** The sums for a weight's statistic, on the host. */
export interface Sums<Values = Bytes> {
  readonly weight: string;
  readonly statistic: string;
  /** The number of rows or gradients, reduced by the decay. */
  readonly count: number;
  readonly batches: number;
  readonly tensors: readonly {readonly shape: number[]; readonly dtype: DataType; readonly values: Values}[];
}

/** Sums with their values in base64, for JSON. */
export const sumsToJson = (sums: Sums): Sums<string> => ({
  ...sums,
  tensors: sums.tensors.map((tensor) => ({...tensor, values: toBase64(tensor.values)})),
});

export const sumsFromJson = (sums: Sums<string>): Sums => ({
  ...sums,
  tensors: sums.tensors.map((tensor) => ({...tensor, values: fromBase64(tensor.values)})),
});
