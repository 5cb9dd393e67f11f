import type {Tensor} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import type {GraphNode} from '../surgery/sparsify/graph/nodes';
import {Unsupported} from './unsupported';
import {
  type Applied,
  type Dims,
  isConstant,
  isNatural,
  isSameShape,
  newValue,
  shapeOf,
  type Value,
} from './value';
import {Values} from './values';

/** Makes a layer from its configuration. */
export type Make<Config> = (config: Config & {name: string}) => layers.Layer;

/** Converts a node into layers, and returns its outputs. @throws Unsupported if no layers compute it. */
export type Convert = (
  node: GraphNode,
  scope: Scope,
) => Value | readonly Value[] | Promise<Value | readonly Value[]>;

/** The values of a conversion, and the steps that conversions of nodes share. */
export class Scope extends Values {
  readonly #names = new Set<string>();
  #prefix = '';

  /** Names the layers that are made from now on. */
  enter(node: GraphNode): void {
    this.#prefix = node.name.replace(/\W+/g, '_');
  }

  /** The output of a new layer for values whose stored shapes it takes. */
  layer<Config extends object>(
    make: Make<Config>,
    config: Config,
    values: readonly Value[],
    hasBatch = values[0].hasBatch,
  ): Value {
    return newValue(this.apply(make, config, values), hasBatch);
  }

  /** The same of a layer that leaves the order of dimensions alone, so that a pending transpose remains. */
  inPlace<Config extends object>(make: Make<Config>, config: Config, value: Value): Value {
    return {...value, tensor: this.apply(make, config, [value])};
  }

  /** The tensor that a new layer makes of the stored tensors of values. */
  apply<Config extends object>(make: Make<Config>, config: Config, values: readonly Value[]): Applied {
    // Where a layer takes a tensor twice, tfjs disposes it while other layers need it.
    const tensors = values.map(({tensor}, i) =>
      values.slice(0, i).some((before) => before.tensor === tensor) ? this.#copyOf(tensor) : tensor,
    );
    const layer = make({...config, name: this.#nextName()});
    const inputs = tensors.length === 1 ? tensors[0] : tensors;
    const output = layer.apply(inputs as Tensor | Tensor[]) as Applied;
    return values.every(isConstant) ? this.keep(output as Tensor) : output;
  }

  /** The same value as it is stored in the graph, without a pending transpose. */
  natural(value: Value): Value {
    if (isNatural(value)) return value;
    return this.layer(layers.permute, {dims: value.order.slice(1)}, [value]);
  }

  /** A constant, stored in the order of dimensions of another value. */
  stored(value: Value, order: readonly number[]): Value {
    const dims = order.slice(1).map((_, i) => order.indexOf(i + 1));
    if (dims.every((dim, i) => dim === i + 1)) return value;
    return {...this.layer(layers.permute, {dims}, [value]), order};
  }

  /** The same elements in another shape of the graph, for a batch of 1. */
  reshape(value: Value, shape: Dims): Value {
    const hasBatch = shape[0] === 1 && !isConstant(value);
    return this.reshapeStored(value, hasBatch ? shape.slice(1) : shape, hasBatch);
  }

  /** The same elements, stored in another shape without the batch dimension. */
  reshapeStored(value: Value, dims: Dims, hasBatch: boolean): Value {
    const {tensor} = this.natural(value);
    if (isSameShape(tensor.shape.slice(1), dims)) return newValue(tensor, hasBatch);
    if (dims.filter((dim) => dim === null).length > 1) {
      throw new Unsupported(`the shape [${dims}] has several unknown sizes`);
    }
    const targetShape = dims.map((dim) => dim ?? -1);
    return this.layer(layers.reshape, {targetShape}, [newValue(tensor, hasBatch)]);
  }

  /** The value with a batch dimension in the graph. */
  batched(value: Value): Value {
    if (value.hasBatch) return value;
    const shape = shapeOf(value);
    if (shape[0] !== 1) throw new Unsupported(`its input of shape [${shape}] has no batch of 1`);
    return this.reshapeStored(value, shape.slice(1), true);
  }

  /** The value without a batch dimension in the graph: the layers get a dimension of 1 for it. */
  unbatched(value: Value): Value {
    return value.hasBatch ? this.reshapeStored(value, shapeOf(this.natural(value)), false) : value;
  }

  #copyOf(tensor: Applied): Applied {
    const copy = layers.activation({name: this.#nextName(), activation: 'linear'});
    const made = copy.apply(tensor as Tensor) as Applied;
    return isConstant(newValue(tensor, false)) ? this.keep(made as Tensor) : made;
  }

  #nextName(): string {
    let name = this.#prefix;
    for (let count = 1; this.#names.has(name); count++) name = `${this.#prefix}_${count}`;
    this.#names.add(name);
    return name;
  }
}
