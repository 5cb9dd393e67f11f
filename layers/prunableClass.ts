import type {Tensor, TensorContainer} from '@tensorflow/tfjs-core';
import {initializers, type LayerVariable} from '@tensorflow/tfjs-layers';
import type {Kind} from '../src/model/kind';
import {type Layer, type LayerClass, registered, variableIn} from '../src/model/tfjs';
import {callsOf} from '../src/model/tree';
import {type Masked, type PrunableLayer, usesIn, type Weight} from '../src/model/weight';
import {byNonzeros} from './byNonzeros';
import {Masks} from './masks';

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

/** A layer class with masks for the weights in a kind, registered for loading as `Prunable` plus its base's name. */
export function prunableClass<Args extends unknown[]>(
  Base: LayerClass<Args>,
  kind: Kind,
): PrunableClass<Args> {
  const fields = [...Object.keys(kind.weights), ...(kind.perChannel ?? [])];

  // biome-ignore lint/suspicious/noExplicitAny: TypeScript requires this constructor in a mixin's base.
  class Prunable extends (Base as new (...args: any[]) => Layer) implements PrunableLayer, Maskable {
    static className = `Prunable${Base.className}`;
    static plainName = Base.className;
    static kind = kind;
    readonly #masks = new Masks(this);
    #byNonzeros: ReturnType<typeof byNonzeros> = () => undefined;

    override build(inputShape: Parameters<Layer['build']>[0]): void {
      super.build(inputShape);
      for (const alternatives of fields) {
        // Batch norm has no gamma without scale, no beta without center.
        const field = [alternatives].flat().find((one) => variableIn(this, one) !== undefined);
        if (field !== undefined) {
          this.#masks.set(field, this.#addMask(variableIn(this, field) as LayerVariable));
        } else if (String(alternatives) in kind.weights) {
          throw new Error(
            `makePrunable: the kind of ${Base.className} names the weight ${alternatives}, which build() does not make`,
          );
        }
      }
      this.#byNonzeros = byNonzeros(this, Base, this.#masks);
    }

    override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]): Tensor | Tensor[] {
      return this.#byNonzeros(inputs) ?? this.withMasks(() => super.call(inputs, kwargs));
    }

    override addLoss(losses: Parameters<Layer['addLoss']>[0]): void {
      super.addLoss([losses ?? []].flat().map((loss) => () => this.#masks.apply(loss, true)));
    }

    /** Takes the weights of the plain layer too, without masks, as do the `weights` in its arguments. */
    override setWeights(weights: Tensor[]): void {
      const masks = this.#masks.tensors();
      const isPlain = weights.length + masks.length === this.weights.length;
      if (!isPlain) assertWeights(this, weights);
      super.setWeights(isPlain ? [...weights, ...masks] : weights);
    }

    withMasks<T extends TensorContainer>(compute: () => T): T {
      return this.#masks.apply(compute);
    }

    prunableWeights(calls = callsOf(this)): Weight[] {
      const {name: layer} = this;
      const own = this.#masks.weights().filter(([field]) => field in kind.weights);
      return own.map(([field, {value, mask}]) => {
        const {axes, gates, hidden} = kind.weights[field];
        const uses = usesIn(calls, kind.weights[field], mask.shape);
        return {name: `${layer}/${field}`, layer, value, mask, axes, gates, hidden, uses};
      });
    }

    perChannelWeights(): Masked[] {
      const others = this.#masks.weights().filter(([field]) => !(field in kind.weights));
      return others.map(([, weight]) => weight);
    }

    /** A mask is saved under the name of its weight and `_mask`, whatever the field is called. */
    #addMask({originalName, shape}: LayerVariable): LayerVariable {
      const name = `${originalName.replace(/^.*\//, '')}_mask`;
      const mask = this.addWeight(name, shape, 'bool', initializers.ones(), undefined, false);
      // The weight may be named in a scope of its own.
      return Object.assign(mask, {originalName: `${originalName}_mask`});
    }
  }

  return registered(Prunable);
}

/** Throws unless a layer or model with masks is given a tensor for each weight and each mask. */
export function assertWeights(layer: Layer, given: unknown): void {
  const {name, weights} = layer;
  const masks = weights.filter(({dtype}) => dtype === 'bool').length;
  const count = (given as Tensor[] | null | undefined)?.length;
  if (masks > 0 && count !== weights.length) {
    throw new Error(
      `setWeights: "${name}" has ${weights.length} weights, of which ${masks} are masks of dtype bool, got ${count}; ` +
        'give masks too, as getWeights() returns them',
    );
  }
}
