import {ones} from '../../src/model/weight';
import type {Numbering, Pool} from '../../src/select/numbering';
import {keepTop} from '../../src/select/select';
import {alive, poolMean} from '../../src/select/units';

/** A weight on the host, and how its units are scored. */
export interface Exchanged {
  readonly mask: Uint8Array;
  readonly numbering: Numbering;
  readonly values: Float32Array;
  /** The scores by which pruned elements grow. */
  readonly growth: Float32Array;
  readonly pool?: Pool;
}

/**
 * The mask after one update: drops a share of the remaining units, those of the smallest mean magnitude, and grows as many of the others,
 * those of the highest scores. A dropped unit may grow immediately, and keeps its values then.
 */
export function exchanged(
  {mask, numbering, values, growth, pool = poolMean}: Exchanged,
  share: number,
): {bits: Uint8Array; grown: number} {
  const before = alive(mask, numbering);
  const kept = ones(before);
  const dropped = Math.min(Math.floor(share * kept), before.length - kept);
  if (dropped === 0) return {bits: mask, grown: 0};
  const magnitudes = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) magnitudes[i] = Math.abs(values[i]);
  const survivors = keepTop(pool(magnitudes, mask, numbering), kept - dropped);
  const scores = pool(growth, new Uint8Array(mask.length).fill(1), numbering).slice();
  for (let unit = 0; unit < scores.length; unit++) {
    if (survivors[unit]) scores[unit] = Number.POSITIVE_INFINITY;
  }
  const after = keepTop(scores, kept);
  const {unitOf} = numbering;
  const bits = new Uint8Array(mask.length);
  for (let i = 0; i < bits.length; i++) {
    const unit = unitOf === undefined ? i : unitOf[i];
    // Within a unit that remains, pruned elements stay pruned.
    bits[i] = after[unit] & (before[unit] ? mask[i] : 1);
  }
  let grown = 0;
  for (let unit = 0; unit < after.length; unit++) grown += after[unit] & (before[unit] ^ 1);
  return {bits, grown};
}
