import {tensor1d, tidy, type Variable, variable} from '@tensorflow/tfjs-core';
import {size} from '../../src/model/axes';
import {bitsOf} from '../../src/model/bits';
import type {Weight} from '../../src/model/weight';
import {channelsOf} from '../../src/storage/format';
import {type Bytes, fromBase64, toBase64, valuesOf} from '../../src/util/bytes';
import {type Grid, gridFor} from './grid';
import type {QuantizationOptions} from './options';
import {Places, type Rounding, roundingFor} from './rounding';

/** The unrounded values of a weight's remaining elements, and its codebook, if it has one. JSON can hold it with base64 text for values. */
export interface LatentState<Values = Float32Array<ArrayBuffer>> {
  /** The name of the weight. */
  readonly name: string;
  /** The unrounded values, in row-major order. */
  readonly values: Values;
  /** The codebook; empty with scales, which follow from the values. */
  readonly entries: Values;
}

/** A quantized weight in training: the layer computes with rounded values, the optimizer moves latent ones. */
export class Quantized {
  readonly value: Variable;
  #latent: Variable | undefined;
  #places: Places | undefined;
  #rounding: Rounding | undefined;
  #grid: Grid | undefined;
  #maskId: object | undefined;

  /** @param before The state to go on from; without one the weights are the latent values. */
  constructor(
    readonly weight: Weight,
    readonly options: Required<Pick<QuantizationOptions, 'bits' | 'granularity'>>,
    public before?: LatentState,
  ) {
    this.value = weight.value;
  }

  /** @throws if an element is NaN or infinite. */
  async assertFinite(refuse: (reason: string) => Error): Promise<void> {
    assertFinite((await this.value.data()) as Float32Array, this.weight.name, refuse);
  }

  /** Whether the mask was changed since the last fit. */
  get isOutdated(): boolean {
    return this.weight.mask.dataId !== this.#maskId;
  }

  /**
   * Fits the grid to the latent values, and rounds them.
   *
   * @throws if a value is NaN or infinite, or a state has another number of values.
   */
  async fit(refuse: (reason: string) => Error): Promise<void> {
    const {mask, name} = this.weight;
    if (this.isOutdated) {
      this.#places?.dispose();
      this.#places = new Places(await bitsOf(mask), mask.shape);
      this.#maskId = mask.dataId;
    }
    const places = this.#places as Places;
    this.#start(places, refuse);
    const {values} = await this.state();
    assertFinite(values, name, refuse);
    const {bits, granularity} = this.options;
    const {positions} = places;
    this.#grid = gridFor(granularity, bits, values, positions, channelsOf(mask.shape), this.#grid);
    this.#rounding?.dispose();
    this.#rounding = roundingFor(this.#grid, values.length, positions);
    this.#round();
  }

  /** Makes the latent values, of the state if there is one. */
  #start(places: Places, refuse: (reason: string) => Error): void {
    if (this.#latent !== undefined) return;
    const {before} = this;
    if (before === undefined) {
      this.#latent = variable(this.value, false);
      return;
    }
    const count = places.positions?.length ?? size(places.shape);
    if (before.values.length !== count) {
      throw refuse(
        `the state has ${before.values.length} values of weight "${this.weight.name}", which has ${count} now; restore the ` +
          'model that was saved with it',
      );
    }
    this.#latent = tidy(() => variable(places.put(tensor1d(before.values)), false));
    this.#grid = before.entries.length > 0 ? {entries: before.entries} : undefined;
  }

  /** Gives the layer the latent values, for a step of the optimizer. */
  unround(): void {
    this.value.assign(this.#latent as Variable);
  }

  /** Keeps the updated values, and rounds them for the layer. */
  update(): void {
    (this.#latent as Variable).assign(this.value);
    this.#round();
  }

  #round(): void {
    const [places, rounding] = [this.#places as Places, this.#rounding as Rounding];
    tidy(() => this.value.assign(rounding.round(this.#latent as Variable, places)));
  }

  /** Reads the latent values. */
  async state(): Promise<LatentState> {
    const picked = tidy(() => (this.#places as Places).pick(this.#latent as Variable));
    // A copy, because some backends return their own memory.
    const values = ((await picked.data()) as Float32Array<ArrayBuffer>).slice();
    picked.dispose();
    const entries = this.#grid && 'entries' in this.#grid ? this.#grid.entries : new Float32Array();
    return {name: this.weight.name, values, entries};
  }

  dispose(): void {
    this.#latent?.dispose();
    this.#places?.dispose();
    this.#rounding?.dispose();
  }
}

export const toJson = ({name, values, entries}: LatentState): LatentState<string> => ({
  name,
  values: toBase64(new Uint8Array(values.buffer)),
  entries: toBase64(new Uint8Array(entries.buffer)),
});

export const fromJson = ({name, values, entries}: LatentState<string>): LatentState => ({
  name,
  values: floats(fromBase64(values)),
  entries: floats(fromBase64(entries)),
});

function assertFinite(values: Float32Array, name: string, refuse: (reason: string) => Error): void {
  let at = 0;
  while (at < values.length && Number.isFinite(values[at])) at++;
  if (at < values.length) {
    const wrong = values[at];
    throw refuse(
      `weight "${name}" has the value ${wrong}, which cannot be rounded; train with a smaller learning rate`,
    );
  }
}

const floats = (bytes: Bytes) => valuesOf(bytes, 'float32') as Float32Array<ArrayBuffer>;
