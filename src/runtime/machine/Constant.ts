/** A matrix whose columns are those of another one times a number each. */
export interface Scaled {
  readonly values: Float32Array;
  readonly scale: Float32Array;
}

/** How a list holds the nonzeros of a matrix. */
export interface ListForm {
  /** How many neighboring outputs share a place. */
  readonly blockSize: number;
  /** Whether the places of four blocks come before their values. */
  readonly isByFours: boolean;
  /** Where each input lies, in bytes. */
  readonly places: Int32Array;
}

/** The origin of values: the number of columns, of a matrix, and where they come from, if a batch norm was folded into them. */
export interface Source {
  readonly outputs?: number;
  readonly from?: Scaled;
}

/** Values in memory, one after the other or as a list. */
export interface Constant extends Source {
  readonly address: number;
  readonly values: Float32Array;
  readonly list?: ListForm;
}
