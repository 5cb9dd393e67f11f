import {dispose, reshape, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {type GraphNode, nodeOf} from '../surgery/sparsify/graph/nodes';
import {Unsupported} from './unsupported';
import {constantOf, isConstant, shapeOf, type Value} from './value';

/** The values of the nodes that are converted so far, and the constants among them, which it disposes. */
export class Values {
  readonly #values = new Map<string, readonly Value[]>();
  readonly #constants: Tensor[] = [];

  set(node: GraphNode, values: readonly Value[]): void {
    this.#values.set(node.name, values);
    this.#constants.push(...values.filter(isConstant).map(({tensor}) => tensor));
  }

  has(reference: string): boolean {
    return this.#values.has(nodeOf(reference));
  }

  /** The value at an input of a node. */
  value({input = [], op}: GraphNode, index: number): Value {
    const reference = input.at(index);
    const output = Number(reference?.match(/:(\d+)$/)?.[1] ?? 0);
    const found = reference === undefined ? undefined : this.#values.get(nodeOf(reference))?.[output];
    if (found === undefined) throw new Unsupported(`${op} has no input ${index}`);
    return found;
  }

  /** The values at the inputs of a node. */
  values(node: GraphNode): Value[] {
    return (node.input ?? []).map((_, i) => this.value(node, i));
  }

  /** A constant input of a node, as a tensor without a batch dimension, which is disposed with the others. */
  constant(node: GraphNode, index: number): Tensor {
    const value = this.value(node, index);
    if (!isConstant(value)) {
      throw new Unsupported(`input ${index} of ${node.op}, ${node.input?.at(index)}, is not constant`);
    }
    return this.keep(reshape(value.tensor, shapeOf(value) as number[]));
  }

  /** The numbers of a constant input of a node. */
  async numbers(node: GraphNode, index: number): Promise<number[]> {
    return Array.from(await this.constant(node, index).data());
  }

  /** A constant that a function computes. */
  computed(compute: () => Tensor): Value {
    return constantOf(this.keep(tidy(compute)));
  }

  keep<Kept extends Tensor>(tensor: Kept): Kept {
    this.#constants.push(tensor);
    return tensor;
  }

  dispose(): void {
    dispose(this.#constants);
  }
}
