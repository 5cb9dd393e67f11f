import {assertCount, assertNumber, assertOneOf, assertOptions} from '../../src/util/options';
import {assertWhere, type Where} from '../../src/where';

/** The weights that share values or a scale. */
export type Granularity = 'codebook' | 'channel' | 'tensor';

/** Options for `quantization`. */
export interface QuantizationOptions {
  /** Bits per value, from 2 to 8. */
  bits: number;
  /**
   * The values that a weight may take: `'codebook'`, 2^bits values of its own, found by k-means (default); or multiples of a scale
   * from −(2^(bits − 1) − 1) to 2^(bits − 1) − 1, with a scale for each `'channel'`, or one for the `'tensor'`. Channels run along the last axis
   * longer than 1.
   */
  granularity?: Granularity;
  /** The epoch from whose start on weights are quantized, as fit numbers them; by default the first in which masks are final. */
  begin?: number;
  /** The weights to quantize; all prunable weights by default. */
  where?: Where;
}

/** @throws on bad options. */
export function parseQuantization(
  options: QuantizationOptions,
): QuantizationOptions & {granularity: Granularity} {
  assertOptions('quantization', options, ['bits', 'granularity', 'begin', 'where']);
  const {bits, granularity = 'codebook', begin, where} = options;
  assertNumber('quantization', 'bits', bits, 'a whole number from 2 to 8', (x) => {
    return Number.isInteger(x) && x >= 2 && x <= 8;
  });
  assertOneOf('quantization', 'granularity', granularity, ['codebook', 'channel', 'tensor']);
  if (begin !== undefined) assertCount('quantization', 'begin', begin, 0);
  if (where !== undefined) assertWhere('quantization', where);
  return {bits, granularity, begin, where};
}
