import {LEVELS, quantizedWidth} from '../format';
import {writePositions} from './positions';
import {writeSymbols} from './symbols';
import type {StoredTensor} from './tensors';
import type {Writer} from './Writer';

/** Writes a quantized tensor: the most common level, and the positions and levels of the other elements. */
export function writeLevels(writer: Writer, {spec, bytes}: StoredTensor): void {
  const width = quantizedWidth(spec) as 1 | 2;
  const numbers = width === 1 ? bytes : new Uint16Array(bytes.buffer);
  const common = mostCommon(numbers, 256 ** width);
  writer.u8(LEVELS, common, common >>> 8);
  const others = writePositions(writer, positionsOfOthers(numbers, common), spec.shape, 8 * width);
  for (let plane = width - 1; others.length > 0 && plane >= 0; plane--) {
    const symbols = new Uint8Array(others.length);
    for (let i = 0; i < symbols.length; i++) {
      symbols[i] = numbers[others[i]] >>> (8 * plane);
    }
    writeSymbols(writer, symbols);
  }
}

function mostCommon(numbers: Uint8Array | Uint16Array, range: number): number {
  const counts = new Uint32Array(range);
  let most = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (++counts[numbers[i]] > counts[most]) {
      most = numbers[i];
    }
  }
  return most;
}

function positionsOfOthers(numbers: Uint8Array | Uint16Array, common: number): Uint32Array {
  const positions = new Uint32Array(numbers.length + 1);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    positions[count] = i;
    count += +(numbers[i] !== common);
  }
  return positions.subarray(0, count);
}
