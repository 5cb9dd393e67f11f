import {serialization, type Tensor, type TensorContainer, tidy, type Variable} from '@tensorflow/tfjs-core';
import {initializers, type LayerVariable, type layers} from '@tensorflow/tfjs-layers';
import type {Kind} from '../src/kinds';
import {makeLoadable} from '../src/tfjs';
import type {PrunableLayer, Weight} from '../src/weight';
import {MaskedProduct} from './maskedProduct';

type Layer = layers.Layer;

/** A layer class of tfjs or of one's own, with the static `className` by which it is saved. */
export type LayerClass<Args extends unknown[]> = (new (...args: Args) => Layer) & {className: string};

/** A layer class with masks; it is made and configured like the class it comes from. */
export type PrunableClass<Args extends unknown[]> = (new (
  ...args: Args
) => Layer & PrunableLayer) & {
  className: string;
  /** The name of the class that `strip` puts in its place. */
  plainName: string;
};

/**
 * A layer class with a mask for each prunable weight, registered for loading as `Prunable` and the name of the
 * class it comes from. All that such a layer computes, its outputs and its regularization losses, it computes from
 * weight · mask: a masked weight has no influence and its gradient is exactly 0. The masks are weights of the
 * layer, of dtype bool and not trainable, and so are saved and loaded with it.
 *
 * @param Base A class that reads its weights by `this.<field>.read()`, as all of tfjs's do.
 * @param kind Its prunable weights and how they are laid out, as the rows of `kinds`.
 */
export function makePrunable<Args extends unknown[]>(
  Base: LayerClass<Args>,
  kind: Kind,
): PrunableClass<Args> {
  const layouts = Object.entries(kind.weights);

  // biome-ignore lint/suspicious/noExplicitAny: TypeScript wants just this of the constructor of a mixin's base.
  class Prunable extends (Base as new (...args: any[]) => Layer) implements PrunableLayer {
    static className = `Prunable${Base.className}`;
    static plainName = Base.className;
    #masks: Record<string, LayerVariable> = {};
    #products: Record<string, MaskedProduct> = {};

    override build(inputShape: Parameters<Layer['build']>[0]): void {
      super.build(inputShape);
      for (const [field] of layouts) {
        const {shape} = this.#variable(field);
        const ones = initializers.ones();
        // Loading starts weights at 0; a file without masks must leave the layer dense.
        const mask = this.addWeight(
          `${field}_mask`,
          shape,
          'bool',
          ones,
          undefined,
          false,
          undefined,
          () => ones,
        );
        this.#masks[field] = mask;
        this.#products[field] = new MaskedProduct(mask.read() as Variable);
      }
    }

    override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]): Tensor | Tensor[] {
      return this.#masked(() => super.call(inputs, kwargs));
    }

    override addLoss(losses: Parameters<Layer['addLoss']>[0]): void {
      super.addLoss([losses ?? []].flat().map((loss) => () => this.#masked(loss)));
    }

    /** Takes the weights of the plain layer too, without masks, as do the `weights` in its arguments. */
    override setWeights(weights: Tensor[]): void {
      const masks = Object.values(this.#masks).map((mask) => mask.read());
      const isPlain = weights.length + masks.length === this.weights.length;
      super.setWeights(isPlain ? [...weights, ...masks] : weights);
    }

    protected override disposeWeights(): number {
      for (const product of Object.values(this.#products)) {
        product.dispose();
      }
      return super.disposeWeights();
    }

    prunableWeights(): Weight[] {
      return Object.entries(this.#masks).map(([field, mask]) => {
        const {axes, gates, uses} = kind.weights[field];
        const perCall = this.inboundNodes.map(({outputTensors: [{shape}]}) => {
          const outputShape = shape.slice(1).map((dim) => dim ?? 1);
          return uses(outputShape, mask.shape as number[]);
        });
        return {
          name: `${this.name}/${field}`,
          layer: this.name,
          value: this.#variable(field).read() as Variable,
          mask: mask.read() as Variable,
          axes,
          gates,
          uses: perCall.length === 0 ? 1 : perCall.reduce((sum, use) => sum + use, 0) / perCall.length,
        };
      });
    }

    #variable(field: string): LayerVariable {
      return (this as unknown as Record<string, LayerVariable>)[field];
    }

    /** Computes with every masked weight reading as its masked product. */
    #masked<T extends TensorContainer>(compute: () => T): T {
      return tidy(() => {
        const variables = Object.entries(this.#products).map(([field, masked]) => {
          const variable = this.#variable(field);
          const value = variable.read();
          let product: Tensor | undefined;
          variable.read = () => {
            product ??= masked.of(value);
            return product;
          };
          return variable;
        });
        try {
          return compute();
        } finally {
          for (const variable of variables) {
            // Uncovers the method of the class.
            delete (variable as Partial<LayerVariable>).read;
          }
        }
      });
    }
  }

  makeLoadable(Base.className, Base);
  serialization.registerClass(Prunable as never);
  return Prunable as unknown as PrunableClass<Args>;
}
