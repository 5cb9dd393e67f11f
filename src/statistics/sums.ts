import type {DataType} from '@tensorflow/tfjs-core';
import {type Bytes, fromBase64, toBase64} from '../util/bytes';

/** What was added up of a statistic of a weight, on the host. */
export interface Sums<Values = Bytes> {
  readonly weight: string;
  readonly statistic: string;
  /** How many rows or gradients it is of, as far as they are not forgotten. */
  readonly count: number;
  readonly batches: number;
  readonly tensors: readonly {readonly shape: number[]; readonly dtype: DataType; readonly values: Values}[];
}

/** Sums that JSON can hold, their values in base64. */
export const sumsToJson = (sums: Sums): Sums<string> => ({
  ...sums,
  tensors: sums.tensors.map((tensor) => ({...tensor, values: toBase64(tensor.values)})),
});

export const sumsFromJson = (sums: Sums<string>): Sums => ({
  ...sums,
  tensors: sums.tensors.map((tensor) => ({...tensor, values: fromBase64(tensor.values)})),
});
