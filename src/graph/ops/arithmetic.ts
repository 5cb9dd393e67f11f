import {reshape, type Tensor} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {align, asSymbols} from '../align';
import {dtype, number} from '../attributes';
import {constantOp} from '../layers/constant';
import {
  type Binary,
  binaryOp,
  castOp,
  type Dtype,
  scalarOp,
  selectOp,
  type Unary,
  unaryOp,
} from '../layers/elementwise';
import type {Convert, Make, Scope} from '../scope';
import {isConstant, shapeOf, type Value} from '../value';

/** Applies a layer to each element. */
const each =
  (make: (node: Parameters<Convert>[0]) => Make): Convert =>
  (node, scope) => {
    const value = scope.value(node, 0);
    return {...value, tensor: scope.apply(make(node), [value])};
  };

const activation = (name: Parameters<typeof layers.activation>[0]['activation']): Convert =>
  each(() => (config) => layers.activation({...config, activation: name}));

const unary = (op: Unary): Convert => each(() => (config) => unaryOp({...config, op}));

/** Layers of tfjs for functions of two tensors or more. */
const merges: Partial<Record<Binary, (config: {name: string}) => layers.Layer>> = {
  add: layers.add,
  mul: layers.multiply,
  maximum: layers.maximum,
  minimum: layers.minimum,
};

const binary =
  (op: Binary): Convert =>
  async (node, scope) => {
    const given = [scope.value(node, 0), scope.value(node, 1)];
    const at = given.findIndex(isConstant);
    if (at < 0 || given.every(isConstant)) return merged(scope, op, given);
    const [constant, other] = [given[at] as Value & {tensor: Tensor}, given[1 - at]];
    if (constant.tensor.size === 1 && shapeOf(constant).length <= shapeOf(other).length) {
      const [value] = await constant.tensor.data();
      const make = withNumber(op, value, constant.tensor.dtype as Dtype, at === 0);
      return {...other, tensor: scope.apply(make, [other])};
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
  const make: Make = (isMerged && merges[op]) || ((config) => binaryOp({...config, op}));
  return {...aligned, tensor: scope.apply(make, values)};
}

/** x · scale + offset is a layer of tfjs; for floats, which it converts to. */
function withNumber(op: Binary, value: number, valueType: Dtype, isFirst: boolean): Make {
  const rescaling =
    (scale: number, offset: number): Make =>
    (config) =>
      layers.rescaling({...config, scale, offset});
  if (valueType === 'float32') {
    if (op === 'mul') return rescaling(value, 0);
    if (op === 'div' && !isFirst && value !== 0) return rescaling(1 / value, 0);
    if (op === 'add') return rescaling(1, value);
    if (op === 'sub') return isFirst ? rescaling(-1, value) : rescaling(1, -value);
  }
  return (config) => scalarOp({...config, op, value, valueType, isFirst});
}

function withConstant(scope: Scope, op: Binary, given: readonly Value[], at: number): Value {
  const {values, ...aligned} = align(scope, given);
  const constant = values[at].tensor as Tensor;
  const dims = constant.shape.slice(1);
  const first = dims.findIndex((dim) => dim !== 1);
  const shape = dims.slice(first < 0 ? dims.length : first);
  const weight = scope.keep(reshape(constant, shape));
  const config = {op, isFirst: at === 0, constantShape: shape, constantType: constant.dtype as Dtype};
  const make: Make = (name) => constantOp({...name, ...config, weights: [weight]});
  return {...aligned, tensor: scope.apply(make, [values[1 - at]])};
}

const sum: Convert = (node, scope) => {
  const {values, ...aligned} = align(scope, scope.values(node));
  const symbols = asSymbols(scope, values);
  return {...aligned, tensor: scope.apply((config) => layers.add(config), symbols)};
};

const select: Convert = (node, scope) => {
  const {values, ...aligned} = align(scope, scope.values(node));
  const symbols = asSymbols(scope, values);
  return {...aligned, tensor: scope.apply((config) => selectOp(config), symbols)};
};

const cast: Convert = (node, scope) => {
  const value = scope.value(node, 0);
  const to = dtype(node, 'DstT');
  if (to === dtype(node, 'SrcT') || to === undefined) return value;
  return {...value, tensor: scope.apply((config) => castOp({...config, to}), [value])};
};

const identity: Convert = (node, scope) => scope.value(node, 0);

export const arithmetic: Readonly<Record<string, Convert>> = {
  ...{Relu: activation('relu'), Relu6: activation('relu6'), Elu: activation('elu'), Selu: activation('selu')},
  ...{Sigmoid: activation('sigmoid'), Tanh: activation('tanh')},
  ...{Softplus: activation('softplus'), Softsign: activation('softsign')},
  LeakyRelu: each((node) => (config) => layers.leakyReLU({...config, alpha: number(node, 'alpha', 0.2)})),
  ...{Abs: unary('abs'), Neg: unary('neg'), Sign: unary('sign'), Square: unary('square')},
  ...{Sqrt: unary('sqrt'), Rsqrt: unary('rsqrt'), Exp: unary('exp'), Expm1: unary('expm1')},
  ...{Log: unary('log'), Log1p: unary('log1p'), Reciprocal: unary('reciprocal'), Inv: unary('reciprocal')},
  ...{Floor: unary('floor'), Ceil: unary('ceil'), Round: unary('round'), Erf: unary('erf')},
  ...{Sin: unary('sin'), Cos: unary('cos'), Tan: unary('tan'), Atan: unary('atan')},
  ...{Sinh: unary('sinh'), Cosh: unary('cosh'), IsNan: unary('isNaN'), LogicalNot: unary('logicalNot')},
  ...{ZerosLike: unary('zerosLike'), OnesLike: unary('onesLike')},
  ...{
    Add: binary('add'),
    AddV2: binary('add'),
    BiasAdd: binary('add'),
    Sub: binary('sub'),
    Mul: binary('mul'),
  },
  ...{RealDiv: binary('div'), Div: binary('div'), FloorDiv: binary('floorDiv'), DivNoNan: binary('divNoNan')},
  ...{FloorMod: binary('mod'), Mod: binary('mod'), Pow: binary('pow'), Atan2: binary('atan2')},
  ...{Maximum: binary('maximum'), Minimum: binary('minimum'), SquaredDifference: binary('squaredDifference')},
  ...{Equal: binary('equal'), NotEqual: binary('notEqual'), Less: binary('less')},
  ...{LessEqual: binary('lessEqual'), Greater: binary('greater'), GreaterEqual: binary('greaterEqual')},
  ...{LogicalAnd: binary('logicalAnd'), LogicalOr: binary('logicalOr')},
  ...{AddN: sum, Select: select, SelectV2: select, Cast: cast},
  ...{Identity: identity, StopGradient: identity, Snapshot: identity, PreventGradient: identity},
  ...{CheckNumerics: identity, PlaceholderWithDefault: identity},
};
