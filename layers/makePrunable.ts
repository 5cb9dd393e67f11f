import {serialization, type Tensor, type TensorContainer, tidy, type Variable} from '@tensorflow/tfjs-core';
import {initializers, type LayerVariable, type layers} from '@tensorflow/tfjs-layers';
import {know} from '../src/model/bits';
import {makeLoadable} from '../src/model/classes';
import {variableIn} from '../src/model/tfjs';
import {callsOf} from '../src/model/tree';
import {type Masked, type PrunableLayer, usesIn, type Weight} from '../src/model/weight';
import {wrong} from '../src/util/options';
import {assertWeights} from './arguments';
import {assertLayerClass, completed, declare, type LayerClass, type LayerKind} from './declareLayer';
import {maskedProduct} from './maskedProduct';

type Layer = layers.Layer;

/** A layer that computes with masked weights. */
export interface Maskable {
  withMasks<T extends TensorContainer>(compute: () => T): T;
}

/** A layer class with masks; it is made and configured like the class it comes from. */
export type PrunableClass<Args extends unknown[], Instance = Layer & PrunableLayer & Maskable> = (new (
  ...args: Args
) => Instance) & {
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
 * The plain class is declared too, as by `declareLayer`, so that `report` and `compact` know it after `strip`.
 *
 * @param Base A class that reads its weights by `this.<field>.read()`, as all of tfjs's do.
 * @param declared Its prunable weights and how they are laid out; `propagation` and `product` where it has them.
 * @throws if the class is not one of layers, or the kind declares no weights. A layer throws when it is built without a
 *   weight that the kind declares.
 */
export function makePrunable<Args extends unknown[]>(
  Base: LayerClass<Args>,
  declared: LayerKind,
): PrunableClass<Args> {
  assertLayerClass('makePrunable', Base);
  const kind = completed('makePrunable', declared);
  if (declared.weights === undefined) {
    throw wrong('makePrunable', 'the kind', 'an object with weights, as a row of kinds', declared);
  }
  declare(Base, kind);
  const fields = [...Object.keys(kind.weights), ...(kind.perChannel ?? [])];

  // biome-ignore lint/suspicious/noExplicitAny: TypeScript wants just this of the constructor of a mixin's base.
  class Prunable extends (Base as new (...args: any[]) => Layer) implements PrunableLayer {
    static className = `Prunable${Base.className}`;
    static plainName = Base.className;
    static kind = kind;
    #masks: Record<string, LayerVariable> = {};
    #products: Record<string, (value: Tensor) => Tensor> = {};
    #isMasked = false;

    override build(inputShape: Parameters<Layer['build']>[0]): void {
      super.build(inputShape);
      for (const alternatives of fields) {
        // Batch norm has no gamma without scale, no beta without center.
        const field = [alternatives].flat().find((one) => variableIn(this, one) !== undefined);
        if (field !== undefined) {
          this.#masks[field] = this.#addMask(this.#variable(field));
          this.#products[field] = maskedProduct(this.#masks[field]);
        } else if (String(alternatives) in kind.weights) {
          throw new Error(
            `makePrunable: the kind of ${Base.className} names the weight ${alternatives}, which build() does not make`,
          );
        }
      }
    }

    override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]): Tensor | Tensor[] {
      return this.withMasks(() => super.call(inputs, kwargs));
    }

    override addLoss(losses: Parameters<Layer['addLoss']>[0]): void {
      super.addLoss([losses ?? []].flat().map((loss) => () => this.withMasks(loss)));
    }

    /** Takes the weights of the plain layer too, without masks, as do the `weights` in its arguments. */
    override setWeights(weights: Tensor[]): void {
      const masks = Object.values(this.#masks).map((mask) => mask.read());
      const isPlain = weights.length + masks.length === this.weights.length;
      if (!isPlain) assertWeights(this, weights);
      super.setWeights(isPlain ? [...weights, ...masks] : weights);
    }

    prunableWeights(calls = callsOf(this)): Weight[] {
      const built = Object.entries(kind.weights).filter(([field]) => field in this.#masks);
      return built.map(([field, layout]) => {
        const {value, mask} = this.#masked(field);
        const {axes, gates, hidden} = layout;
        return {
          name: `${this.name}/${field}`,
          layer: this.name,
          value,
          mask,
          axes,
          gates,
          hidden,
          uses: usesIn(calls, layout, mask.shape),
        };
      });
    }

    /** Computes with every masked weight reading as its masked product; the outermost such call makes the products. */
    withMasks<T extends TensorContainer>(compute: () => T): T {
      if (this.#isMasked) {
        return compute();
      }
      return tidy(() => {
        const variables = Object.entries(this.#products).map(([field, masked]) => {
          const variable = this.#variable(field);
          const product = masked(variable.read());
          variable.read = () => product;
          return variable;
        });
        this.#isMasked = true;
        try {
          return compute();
        } finally {
          this.#isMasked = false;
          for (const variable of variables) {
            // Uncovers the method of the class.
            delete (variable as Partial<LayerVariable>).read;
          }
        }
      });
    }

    perChannelWeights(): Masked[] {
      const built = Object.keys(this.#masks).filter((field) => !(field in kind.weights));
      return built.map((field) => this.#masked(field));
    }

    /** A mask is saved under the name of the weight that it is of and `_mask`, whatever the field is called. */
    #addMask({originalName, shape}: LayerVariable): LayerVariable {
      const name = `${originalName.replace(/^.*\//, '')}_mask`;
      const mask = this.addWeight(name, shape, 'bool', initializers.ones(), undefined, false);
      know(mask);
      // The weight may be named in a scope of its own.
      return Object.assign(mask, {originalName: `${originalName}_mask`});
    }

    #masked(field: string): Masked {
      const [value, mask] = [this.#variable(field).read(), this.#masks[field].read()] as Variable[];
      return {value, mask};
    }

    #variable(field: string): LayerVariable {
      return variableIn(this, field) as LayerVariable;
    }
  }

  makeLoadable(Base.className, Base);
  serialization.registerClass(Prunable as never);
  return Prunable as unknown as PrunableClass<Args>;
}
