import {type GraphNode, nodeOf} from './nodes';
import {isFalseFormat} from './products';

/** The float weights of a graph, by name. */
export type Constants = ReadonlyMap<
  string,
  {readonly shape: readonly number[]; readonly values: Float32Array}
>;

/** A factor, which may be missing, and a summand for each output of a product. */
export interface Affine {
  readonly scale: Float32Array | undefined;
  readonly shift: Float32Array;
}

/** Where a node takes a product that has some outputs, the last dimension of so many. */
interface Place {
  readonly count: number;
  readonly rank: number;
  readonly constants: Constants;
}

export const isActivation = ({op}: GraphNode): boolean => op === 'Relu' || op === 'Relu6';

/** The result of a node for a · x + b of each output, if it is of this form again. */
export function affineOf(node: GraphNode, from: string, place: Place, affine: Affine): Affine | undefined {
  const {op, input = []} = node;
  if (op.startsWith('FusedBatchNorm')) return norm(node, from, place, affine);
  const at = input.findIndex((reference) => nodeOf(reference) === from);
  const other = perOutput(input[1 - at], place);
  if (input.length !== 2 || other === undefined) return undefined;
  const {scale, shift} = affine;
  if (op === 'Mul') return times(affine, other);
  if (op === 'BiasAdd' && isFalseFormat(node.attr?.data_format)) return undefined;
  if (op === 'Add' || op === 'AddV2' || op === 'BiasAdd')
    return {scale, shift: shift.map((b, i) => b + other[i])};
  if (op === 'Sub' && at === 0) return {scale, shift: shift.map((b, i) => b - other[i])};
  return undefined;
}

/** γ (x − mean) / √(variance + ε) + β */
function norm(
  {input = [], attr = {}}: GraphNode,
  from: string,
  place: Place,
  affine: Affine,
): Affine | undefined {
  const [x, ...parameters] = input;
  const [gamma, beta, mean, variance] = parameters.map((reference) => perOutput(reference, place));
  if (nodeOf(x) !== from || attr.is_training?.b !== false || isFalseFormat(attr.data_format))
    return undefined;
  if (!gamma || !beta || !mean || !variance) return undefined;
  const epsilon = attr.epsilon?.f ?? 1e-4;
  const factor = gamma.map((value, i) => value / Math.sqrt(variance[i] + epsilon));
  const centered = {...affine, shift: affine.shift.map((b, i) => b - mean[i])};
  const {scale, shift} = times(centered, factor);
  return {scale, shift: shift.map((b, i) => b + beta[i])};
}

function times({scale, shift}: Affine, factor: Float32Array): Affine {
  return {
    scale: factor.map((value, i) => value * (scale?.[i] ?? 1)),
    shift: shift.map((b, i) => b * factor[i]),
  };
}

/** A constant that has one value for all outputs, or one for each along the last dimension. */
function perOutput(reference: string | undefined, {count, rank, constants}: Place): Float32Array | undefined {
  const constant = reference === undefined ? undefined : constants.get(nodeOf(reference));
  if (constant === undefined || constant.shape.length > rank) return undefined;
  const {shape, values} = constant;
  if (values.length === 1) return new Float32Array(count).fill(values[0]);
  return values.length === count && shape.at(-1) === count ? values : undefined;
}
