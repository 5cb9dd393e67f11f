import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import type {Edges} from './edges';

/** A linear map from some channels to others. Constant inputs remain if neither a bias nor carriers can replace them. */
export interface LinearMap {
  /** The channel at each input place. */
  readonly from: Int32Array;
  /** The values of `from`. */
  readonly values: (read: Read) => Float64Array;
  /** The channel at each output place. */
  readonly to: Int32Array;
  /** The coefficients, from the values of the weights. */
  readonly edges: (read: Read) => Edges;
  /** The bias that can replace constants; only where their sum is the same at all positions. */
  readonly bias?: {readonly owner: Layer; readonly field: string; readonly missing?: object};
  /** How a few constant inputs can replace all of them where no bias can. */
  readonly carriers?: Carriers;
}

/** How a few constant inputs, the carriers, can replace all constant inputs to a layer. */
export interface Carriers {
  readonly owner: Layer;
  /** How many carriers can replace any number of constants at all positions. */
  readonly count: number;
  /**
   * The weights, by field, with which the constants at `places` alone add the sum of all.
   *
   * @param values The constants, NaN for other inputs.
   */
  readonly weights: (
    read: Read,
    values: Float64Array,
    places: readonly number[],
  ) => Readonly<Record<string, Float32Array>>;
}
