import {
  customGrad,
  type DataId,
  mul,
  ones,
  type Tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';

/**
 * Multiplies a weight by its mask, and the gradient too. tf.mul would do both, but would cast the mask from bool
 * each time, which costs as much again; so a float32 copy is kept, and renewed when the mask has changed.
 */
export class MaskedProduct {
  readonly #mask: Variable;
  readonly #copy: Variable;
  /** What the copy is of: a variable gets new data with each assignment. */
  #data: DataId | undefined;

  constructor(mask: Variable) {
    this.#mask = mask;
    // A variable, as those of a model that could not be rebuilt are found and disposed.
    this.#copy = tidy(() => variable(ones(mask.shape), false));
  }

  of(value: Tensor): Tensor {
    if (this.#data !== this.#mask.dataId) {
      this.#data = this.#mask.dataId;
      tidy(() => this.#copy.assign(mul(this.#mask, 1)));
    }
    const copy = this.#copy;
    return customGrad((weight) => ({
      value: mul(weight as Tensor, copy),
      gradFunc: (dy: Tensor) => mul(dy, copy),
    }))(value);
  }

  dispose(): void {
    this.#copy.dispose();
  }
}
