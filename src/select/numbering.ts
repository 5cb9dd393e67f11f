/** The scores of the units, of those of their elements: −∞ for a unit that is fully masked and so ranks last. */
export type Pool = (scores: Float32Array, mask: Uint8Array, numbering: Numbering) => Float32Array;

/** A numbering of the elements of a weight into units. */
export interface Numbering {
  readonly units: number;
  /** The unit of each element in row-major order; left out where each element is a unit of its own. */
  readonly unitOf?: Int32Array;
}
