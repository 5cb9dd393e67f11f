/** A matrix whose columns are those of another one times a number each. */
export interface Scaled {
  readonly values: Float32Array;
  readonly scale: Float32Array;
}

/** How a list holds the nonzeros of a matrix. */
export interface ListForm {
  readonly outputs: number;
  /** How many neighboring outputs share a place. */
  readonly blockSize: number;
  /** Whether the places of four blocks come before their values. */
  readonly isByFours: boolean;
  /** Where each input lies, in bytes. */
  readonly places: Int32Array;
  /** How much further it lies for each output. */
  readonly shifts?: Int32Array;
}

/** Values in memory, one after the other or as a list. */
export interface Constant {
  readonly address: number;
  readonly values: Float32Array;
  /** Where the values come from, if a batch norm was folded into them. */
  readonly from?: Scaled;
  readonly list?: ListForm;
}
