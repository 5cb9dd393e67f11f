import {input} from '@tensorflow/tfjs-layers';
import type {GraphNode} from '../surgery/sparsify/graph/nodes';
import {dtype} from './attributes';
import {Unsupported} from './unsupported';
import {type Dims, newValue, type Value} from './value';

/** An input of the model: of the graph, or any other node whose shape is given. */
export function inputOf(node: GraphNode, given: readonly number[] | undefined): Value {
  const {dim, unknownRank} = (node.attr?.shape as ShapeAttribute | undefined)?.shape ?? {};
  const type = dtype(node, node.attr?.dtype === undefined ? 'T' : 'dtype');
  if (type === undefined) throw new Unsupported('its type is no number');
  const isKnown = node.op === 'Placeholder' && !unknownRank;
  if (!isKnown && given === undefined) {
    throw new Unsupported('its rank is unknown; give its shape by the option inputShapes');
  }
  const sizes = isKnown
    ? (dim ?? []).map(({size}) => (Number(size) > 0 ? Number(size) : null))
    : given?.length === 0
      ? []
      : [null, ...(given ?? [])];
  const hasBatch = sizes.length > 0 && (sizes[0] === null || sizes[0] === 1);
  const shape = sizes.slice(hasBatch ? 1 : 0);
  if (given !== undefined && !agree(given, shape)) {
    throw new Unsupported(
      `its shape is [${shape.map((size) => size ?? '?')}], and inputShapes has [${given}]`,
    );
  }
  const name = node.name.replace(/\W+/g, '_');
  return newValue(input({shape: given === undefined ? shape : [...given], dtype: type, name}), hasBatch);
}

interface ShapeAttribute {
  readonly shape?: {readonly dim?: readonly {size: string}[]; readonly unknownRank?: boolean};
}

const agree = (given: readonly number[], shape: Dims) =>
  given.length === shape.length && shape.every((size, i) => size === null || size === given[i]);
