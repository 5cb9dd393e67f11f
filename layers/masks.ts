import {
  clone,
  customGrad,
  type DataId,
  mul,
  ones,
  type Tensor,
  type TensorContainer,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {isKnownFull, trackMask} from '../src/model/bits';
import {shadow} from '../src/model/shadow';
import {type Layer, variableIn} from '../src/model/tfjs';
import type {Masked} from '../src/model/weight';
import {needsDenseGradients} from '../src/util/maskedCalls';

/** Multiplies a weight by its mask. */
type Product = (value: Tensor, masksGradient?: boolean) => Tensor;

/** A layer's masks, by the field of the weight that each is for. */
export class Masks {
  readonly #layer: Layer;
  readonly #masks = new Map<string, {mask: LayerVariable; product: Product}>();
  #areApplied = false;

  constructor(layer: Layer) {
    this.#layer = layer;
  }

  set(field: string, mask: LayerVariable): void {
    trackMask(mask);
    this.#masks.set(field, {mask, product: maskedProduct(mask)});
  }

  /** The mask of a field, if it has one. */
  get(field: string): LayerVariable | undefined {
    return this.#masks.get(field)?.mask;
  }

  /** The masked product of a field, if it has a mask. */
  product(field: string): Tensor | undefined {
    return this.#masks.get(field)?.product(this.#variable(field).read());
  }

  /** The masks as tensors, in the order in which they were set. */
  tensors(): Tensor[] {
    return [...this.#masks.values()].map(({mask}) => mask.read());
  }

  /** The weights with masks, by field. */
  weights(): [field: string, Masked][] {
    return [...this.#masks].map(([field, {mask}]) => {
      const [value, bits] = [this.#variable(field), mask].map((one) => one.read() as Variable);
      return [field, {value, mask: bits}];
    });
  }

  /**
   * Computes with every weight reading as its masked product; the outermost such call makes the products.
   *
   * @param masksGradients Whether masked weights never have gradients.
   */
  apply<T extends TensorContainer>(compute: () => T, masksGradients = false): T {
    if (this.#areApplied) return compute();
    return tidy(() => {
      const restore = [...this.#masks].map(([field, {product}]) => {
        const weight = this.#variable(field);
        const masked = product(weight.read(), masksGradients);
        return shadow(weight, 'read', () => () => masked);
      });
      this.#areApplied = true;
      try {
        return compute();
      } finally {
        this.#areApplied = false;
        for (const end of restore) end();
      }
    });
  }

  #variable(field: string): LayerVariable {
    return variableIn(this.#layer, field) as LayerVariable;
  }
}

/**
 * A function that multiplies a weight by a mask, and its gradient too, unless all of it is needed. tf.mul would do both, but would cast the mask
 * from bool each time, which costs as much again; so a float32 copy is kept, renewed when the mask has changed, and
 * disposed with it. A weight that is not masked anywhere, as most biases, is returned unchanged.
 */
function maskedProduct(mask: LayerVariable): Product {
  // A variable, as those of a model that could not be rebuilt are found and disposed.
  const copy = tidy(() => variable(ones(mask.shape as number[]), false));
  /** The data of the copy: a variable gets new data with each assignment. */
  let data: DataId | undefined;
  let isFull = false;

  const dispose = mask.dispose.bind(mask);
  mask.dispose = () => {
    copy.dispose();
    dispose();
  };
  return (value, masksGradient = false) => {
    const bits = mask.read();
    if (data !== bits.dataId) {
      data = bits.dataId;
      isFull = isKnownFull(bits);
      if (!isFull) tidy(() => copy.assign(mul(bits, 1)));
    }
    if (isFull) return value;
    return customGrad((weight) => ({
      value: mul(weight as Tensor, copy),
      gradFunc: (dy: Tensor) => (masksGradient || !needsDenseGradients(bits) ? mul(dy, copy) : clone(dy)),
    }))(value);
  };
}
