import type {io} from '@tensorflow/tfjs-core';
import {describe} from '../util/describe';
import {assertOptions} from '../util/options';

/**
 * The precision of encoded values: lossless float32, half floats, 8 bits with a scale per channel, or a codebook of 2^bits
 * values per tensor (bits from 1 to 8).
 */
export type Values = 'float32' | 'float16' | 'int8' | {readonly bits: number};

/** Options for `encodeArtifacts` and `sparseFile`. */
export interface EncodeOptions {
  /**
   * The precision of weights with two or more dimensions; biases, batch norms and optimizer slots stay float32. Or a function
   * that returns the precision of each float tensor, these included, from its name, shape and group. A weight whose lossless
   * or already quantized form is not longer keeps that form. Default: 'float32', which is lossless.
   */
  values?: Values | ((spec: io.WeightsManifestEntry) => Values);
}

/** @throws on bad options. */
export function assertEncodeOptions(who: string, options: EncodeOptions): void {
  assertOptions(who, options, ['values']);
  const {values = 'float32'} = options;
  if (typeof values !== 'function') assertValues(who, values);
}

/** @throws unless `values` is a precision. */
export function assertValues(who: string, values: Values): void {
  const bits = (values as {bits?: number} | null)?.bits as number;
  const isBits = Object.keys(values ?? {}).join() === 'bits';
  const isBook = isBits && Number.isInteger(bits) && bits >= 1 && bits <= 8;
  if (!isBook && !['float32', 'float16', 'int8'].includes(values as string)) {
    const got = isBits ? JSON.stringify(values) : describe(values);
    throw new Error(`${who}: values must be "float32", "float16", "int8" or {bits} from 1 to 8, got ${got}`);
  }
}
