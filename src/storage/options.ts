import type {io} from '@tensorflow/tfjs-core';
import {describe} from '../util/describe';
import {assertOptions} from '../util/options';

/**
 * How values are written: all of their bits, half floats, 8 bits with a scale a channel, or 2^bits values a tensor,
 * for 1 to 8 bits.
 */
export type Values = 'float32' | 'float16' | 'int8' | {readonly bits: number};

export interface EncodeOptions {
  /**
   * How the weights of two and more dimensions are written, `'float32'` by default, which loses nothing; biases and
   * batch norms always stay float32, as do the slots of an optimizer. Or a function that says it of each float
   * tensor, these too, by its name, shape and group. A weight that is no longer with all of its bits, or the numbers
   * that it is quantized to, keeps those.
   */
  values?: Values | ((spec: io.WeightsManifestEntry) => Values);
}

/** @throws on bad options. */
export function assertEncodeOptions(who: string, options: EncodeOptions): void {
  assertOptions(who, options, ['values']);
  const {values = 'float32'} = options;
  if (typeof values !== 'function') assertValues(who, values);
}

/** @throws unless it is a way to write values. */
export function assertValues(who: string, values: Values): void {
  const bits = (values as {bits?: number} | null)?.bits as number;
  const isBook = Number.isInteger(bits) && bits >= 1 && bits <= 8;
  if (!isBook && !['float32', 'float16', 'int8'].includes(values as string)) {
    const isBits = Object.keys(values ?? {}).join() === 'bits';
    const got = isBits ? JSON.stringify(values) : describe(values);
    throw new Error(`${who}: values must be "float32", "float16", "int8" or {bits} from 1 to 8, got ${got}`);
  }
}
