import {reshape, type Tensor} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {align, asSymbols} from '../align';
import {dtype, number} from '../attributes';
import {constantOp} from '../layers/constant';
import {
  type Binary,
  binary,
  binaryOp,
  castOp,
  type Dtype,
  scalarOp,
  selectOp,
  type Unary,
  unary,
  unaryOp,
} from '../layers/elementwise';
import type {Convert, Make, Scope} from '../scope';
import {isConstant, shapeOf, type Value} from '../value';

/** The names of ops, which are those of functions with a capital. */
const named = (functions: object, convert: (name: never) => Convert): Record<string, Convert> =>
  Object.fromEntries(
    Object.keys(functions).map((name) => [name[0].toUpperCase() + name.slice(1), convert(name as never)]),
  );

type Activation = Parameters<typeof layers.activation>[0]['activation'];

const activation =
  (name: Activation): Convert =>
  (node, scope) =>
    scope.inPlace(layers.activation, {activation: name}, scope.value(node, 0));

const unaryOf =
  (op: Unary): Convert =>
  (node, scope) =>
    scope.inPlace(unaryOp, {op}, scope.value(node, 0));

const leakyRelu: Convert = (node, scope) =>
  scope.inPlace(layers.leakyReLU, {alpha: number(node, 'alpha', 0.2)}, scope.value(node, 0));

/** Layers of tfjs for functions of two tensors or more. */
const merges: Partial<Record<Binary, Make<object>>> = {
  ...{add: layers.add, mul: layers.multiply, maximum: layers.maximum, minimum: layers.minimum},
};

const binaryOf =
  (op: Binary): Convert =>
  async (node, scope) => {
    const given = [scope.value(node, 0), scope.value(node, 1)];
    const at = given.findIndex(isConstant);
    if (at < 0 || given.every(isConstant)) return merged(scope, op, given);
    const [constant, other] = [given[at] as Value & {tensor: Tensor}, given[1 - at]];
    if (constant.tensor.size === 1 && shapeOf(constant).length <= shapeOf(other).length) {
      const [value] = await constant.tensor.data();
      const valueType = constant.tensor.dtype as Dtype;
      return withNumber(scope, other, op, {value, valueType, isFirst: at === 0});
    }
    return withConstant(scope, op, given, at);
  };

function merged(scope: Scope, op: Binary, given: readonly Value[]): Value {
  const {values, ...aligned} = align(scope, given);
  const [shape, other] = values.map(({tensor}) => tensor.shape);
  const isMerged =
    values.every((value) => !isConstant(value)) &&
    // The gradients of the other layers do not sum over broadcast dimensions.
    (`${shape}` === `${other}` || op === 'add' || op === 'mul');
  const merge = isMerged ? merges[op] : undefined;
  return {...aligned, tensor: merge ? scope.apply(merge, {}, values) : scope.apply(binaryOp, {op}, values)};
}

/** Functions of x and a number that are x · scale + offset. */
const affine: Partial<Record<Binary, (value: number, isFirst: boolean) => readonly number[]>> = {
  mul: (value) => [value, 0],
  div: (value, isFirst) => (isFirst || value === 0 ? [] : [1 / value, 0]),
  add: (value) => [1, value],
  sub: (value, isFirst) => (isFirst ? [-1, value] : [1, -value]),
};

interface Operand {
  readonly value: number;
  readonly valueType: Dtype;
  /** Whether it is the first argument. */
  readonly isFirst: boolean;
}

/** x · scale + offset is a layer of tfjs; for floats, which it converts to. */
function withNumber(scope: Scope, other: Value, op: Binary, operand: Operand): Value {
  const {value, valueType, isFirst} = operand;
  // JSON has null for numbers that are not finite, in the layers of tfjs.
  const isAffine = valueType === 'float32' && Number.isFinite(value);
  const [scale, offset] = (isAffine && affine[op]?.(value, isFirst)) || [];
  return scale === undefined
    ? scope.inPlace(scalarOp, {op, ...operand}, other)
    : scope.inPlace(layers.rescaling, {scale, offset}, other);
}

function withConstant(scope: Scope, op: Binary, given: readonly Value[], at: number): Value {
  const {values, ...aligned} = align(scope, given);
  const constant = values[at].tensor as Tensor;
  const dims = constant.shape.slice(1);
  const first = dims.findIndex((dim) => dim !== 1);
  const shape = dims.slice(first < 0 ? dims.length : first);
  const weight = scope.keep(reshape(constant, shape));
  const config = {op, isFirst: at === 0, constantShape: shape, constantType: constant.dtype as Dtype};
  return {...aligned, tensor: scope.apply(constantOp, {...config, weights: [weight]}, [values[1 - at]])};
}

const all =
  (make: Make<object>): Convert =>
  (node, scope) => {
    const {values, ...aligned} = align(scope, scope.values(node));
    return {...aligned, tensor: scope.apply(make, {}, asSymbols(scope, values))};
  };

const select = all(selectOp);

const cast: Convert = (node, scope) => {
  const value = scope.value(node, 0);
  const to = dtype(node, 'DstT');
  if (to === dtype(node, 'SrcT') || to === undefined) return value;
  return scope.inPlace(castOp, {to}, value);
};

const identity: Convert = (node, scope) => scope.value(node, 0);

export const arithmetic: Readonly<Record<string, Convert>> = {
  ...named(unary, unaryOf),
  ...named(binary, binaryOf),
  ...{Relu: activation('relu'), Relu6: activation('relu6'), Elu: activation('elu'), Selu: activation('selu')},
  ...{Sigmoid: activation('sigmoid'), Tanh: activation('tanh')},
  ...{Softplus: activation('softplus'), Softsign: activation('softsign'), LeakyRelu: leakyRelu},
  ...{Inv: unaryOf('reciprocal'), IsNan: unaryOf('isNaN')},
  ...{AddV2: binaryOf('add'), BiasAdd: binaryOf('add'), RealDiv: binaryOf('div'), FloorMod: binaryOf('mod')},
  ...{AddN: all(layers.add), Select: select, SelectV2: select, Cast: cast},
  ...{Identity: identity, StopGradient: identity, Snapshot: identity, PreventGradient: identity},
  ...{CheckNumerics: identity, PlaceholderWithDefault: identity},
};
