import {describe} from '../tfjs';
import type {Weight} from '../weight';

/** Says which elements of a weight live and die together. */
export interface Pattern {
  (weight: Weight): Numbering;
  /** Removes whole units of a layer, and so by default not those of the layers that make the model's outputs. */
  readonly structured: boolean;
}

/** A numbering of the elements of a weight into units. */
export interface Numbering {
  readonly units: number;
  /** The unit of each element in row-major order; left out where each element is a unit of its own. */
  readonly unitOf?: Int32Array;
}

/** Throws unless a pattern gave a numbering. */
export function assertNumbering(who: string, numbering: unknown): asserts numbering is Numbering {
  if (!Number.isInteger((numbering as Numbering | undefined)?.units)) {
    throw new Error(
      `${who}: pattern must return a numbering of elements into units, got ${describe(numbering)}; ` +
        'a factory is to be called, as channel()',
    );
  }
}
