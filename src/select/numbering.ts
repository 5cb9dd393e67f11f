/** Pools element scores to unit scores: −∞ for a fully masked unit, which ranks last. */
export type Pool = (scores: Float32Array, mask: Uint8Array, numbering: Numbering) => Float32Array;

/** Assigns a weight's elements to units. */
export interface Numbering {
  /** The number of units. */
  readonly units: number;
  /** The unit of each element in row-major order; undefined if each element is a unit. */
  readonly unitOf?: Int32Array;
}
