import type {io} from '@tensorflow/tfjs-core';
import {assertValues, type EncodeOptions, type Values} from '../options';
import {codebook} from './values/codebook';
import {float16} from './values/float16';
import {float32} from './values/float32';
import {int8} from './values/int8';
import type {ValueKind} from './values/values';

const named = {float32, float16, int8};

/** The kind of values for a float tensor. */
export function kindFor(
  who: string,
  spec: io.WeightsManifestEntry,
  {values = 'float32'}: EncodeOptions,
): ValueKind {
  if (typeof values !== 'function') {
    return kindOf(spec.shape.length > 1 && spec.group !== 'optimizer' ? values : 'float32');
  }
  const chosen = values(spec);
  assertValues(who, chosen);
  return kindOf(chosen);
}

const kindOf = (values: Values) => (typeof values === 'object' ? codebook(values.bits) : named[values]);
