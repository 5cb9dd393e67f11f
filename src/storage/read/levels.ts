import type {io} from '@tensorflow/tfjs-core';
import {size} from '../../model/axes';
import {quantizedWidth} from '../format';
import {readPositions} from './positions';
import {damaged, type Reader} from './Reader';
import {readSymbols} from './symbols';

/** Reads a quantized tensor into the beginning of `target`; returns its length in bytes. */
export function readLevels(reader: Reader, spec: io.WeightsManifestEntry, target: Uint8Array): number {
  const width = quantizedWidth(spec);
  const length = size(spec.shape) * (width ?? Number.NaN);
  if (width === undefined || length > target.length) {
    throw damaged(`"${spec.name}" is in a form that does not fit its type or shape`);
  }
  const common = [reader.u8(), reader.u8()];
  const positions = readPositions(reader, spec.shape);
  const count = positions?.length ?? size(spec.shape);
  for (let plane = width - 1; plane >= 0; plane--) {
    for (let i = plane; i < length; i += width) {
      target[i] = common[plane];
    }
    const symbols = count > 0 ? readSymbols(reader, count) : [];
    for (let i = 0; i < symbols.length; i++) {
      target[width * (positions === undefined ? i : positions[i]) + plane] = symbols[i];
    }
  }
  return length;
}
