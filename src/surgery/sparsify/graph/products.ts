import {type Attribute, type GraphNode, text, texts} from './nodes';

/** The ops of graph models that multiply by a filter, their second input. */
interface ProductOp {
  /** The same op with bias and activation. */
  readonly fused: string;
  /** How many outputs a filter of a shape has. */
  readonly outputs: (shape: readonly number[]) => number;
}

const convolution: ProductOp = {fused: '_FusedConv2D', outputs: ([, , , filters]) => filters};
const depthwise: ProductOp = {
  fused: 'FusedDepthwiseConv2dNative',
  outputs: ([, , channels, filters]) => channels * filters,
};
const matrix: ProductOp = {fused: '_FusedMatMul', outputs: ([, units]) => units};

export const products: Readonly<Record<string, ProductOp>> = {
  Conv2D: convolution,
  _FusedConv2D: convolution,
  DepthwiseConv2d: depthwise,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  MatMul: matrix,
  _FusedMatMul: matrix,
};

/** The ops of graph models that the backend may compute by nonzeros of their second input. */
export const sparseKinds = new Set([...Object.keys(products), 'BatchMatMul', 'BatchMatMulV2', 'Conv1D']);

/** The ops that are fused into a product already, or undefined where nothing more can be. */
export function fusedInto({op, input = [], attr = {}}: GraphNode): {bias?: string} | undefined {
  const {fused} = products[op] ?? {};
  if (fused === undefined || isFalseFormat(attr.data_format) || attr.transpose_b?.b) return undefined;
  if (input.some((reference) => reference.startsWith('^'))) return undefined;
  if (op !== fused) return {};
  const [first, ...more] = texts(attr.fused_ops);
  return first === 'BiasAdd' && more.length === 0 ? {bias: input[2]} : undefined;
}

export const isFalseFormat = (format: Attribute | undefined): boolean => (text(format) ?? 'NHWC') !== 'NHWC';
