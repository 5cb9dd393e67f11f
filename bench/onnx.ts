import * as tf from '@tensorflow/tfjs';

/** The part of the format that is written, of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. */
const PROTO = `syntax = "proto3";
message Attribute {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20;
}
message Node {
  repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5;
}
message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message Dimension { int64 dim_value = 1; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message Value { string name = 1; Type type = 2; }
message Graph {
  repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated Value input = 11;
  repeated Value output = 12;
}
message OperatorSet { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; Graph graph = 7; repeated OperatorSet opset_import = 8; }`;

const FLOAT = 1;

/** The part of protobufjs that is used. */
export interface Protobuf {
  parse(
    text: string,
    options: {keepCase: boolean},
  ): {
    root: {
      lookupType(name: string): {
        encode(message: object): {finish(): Uint8Array};
        create(fields: object): object;
      };
    };
  };
}

type Attributes = Record<string, number | string | number[]>;

/** The nodes and weights of a graph, each node of which has the output of the one before it as its first input. */
class Chain {
  readonly node: object[] = [];
  readonly initializer: object[] = [];
  last = 'x';

  add(op: string, weights: tf.Tensor[], attributes: Attributes = {}): void {
    const output = `y${this.node.length}`;
    const names = weights.map((weight) => {
      const name = `w${this.initializer.length}`;
      const values = Uint8Array.from(new Uint8Array(weight.dataSync().buffer));
      this.initializer.push({name, dims: weight.shape, data_type: FLOAT, raw_data: values});
      return name;
    });
    const attribute = Object.entries(attributes).map(([name, value]) => {
      if (typeof value === 'string') return {name, s: new TextEncoder().encode(value), type: 3};
      return Array.isArray(value)
        ? {name, ints: value, type: 7}
        : Number.isInteger(value)
          ? {name, i: value, type: 2}
          : {name, f: value, type: 1};
    });
    this.node.push({op_type: op, input: [this.last, ...names], output: [output], attribute});
    this.last = output;
  }
}

/** Adds the nodes of a layer; images have their channels first. */
function addLayer(chain: Chain, layer: tf.layers.Layer): void {
  const config = layer.getConfig() as {
    strides: number[];
    padding: string;
    epsilon: number;
    maxValue: number;
    activation: string;
  };
  const weights = layer.getWeights();
  const convolve = (filters: tf.Tensor, group: number) =>
    chain.add('Conv', [filters], {
      strides: config.strides,
      auto_pad: config.padding === 'same' ? 'SAME_UPPER' : 'VALID',
      group,
    });
  const nodes: Record<string, () => void> = {
    Conv2D: () => convolve(tf.transpose(weights[0], [3, 2, 0, 1]), 1),
    DepthwiseConv2D: () => convolve(tf.transpose(weights[0], [2, 3, 0, 1]), weights[0].shape[2] as number),
    BatchNormalization: () => chain.add('BatchNormalization', weights, {epsilon: config.epsilon}),
    ReLU: () => chain.add('Clip', [tf.scalar(0), tf.scalar(config.maxValue)]),
    GlobalAveragePooling2D: () => {
      chain.add('GlobalAveragePool', []);
      chain.add('Flatten', []);
    },
    Flatten: () => chain.add('Flatten', []),
    Dense: () => {
      chain.add('Gemm', weights);
      if (config.activation === 'relu') chain.add('Relu', []);
      else chain.add('Softmax', [], {axis: 1});
    },
  };
  const name = layer.getClassName();
  if (nodes[name] === undefined) throw new Error(`bench: no ONNX for a layer ${name}`);
  nodes[name]();
}

/**
 * A sequential model of convolutions and dense layers as a file for ONNX Runtime, which folds the batch norms when it loads it.
 *
 * @param shape That of the input, [1, channels, height, width] or [1, channels].
 */
export function toOnnx({parse}: Protobuf, model: tf.LayersModel, shape: number[]): Uint8Array {
  const chain = new Chain();
  tf.tidy(() => {
    for (const layer of model.layers) if (layer.getClassName() !== 'InputLayer') addLayer(chain, layer);
  });
  const value = (name: string, dims: number[]) => {
    const dim = dims.map((size) => ({dim_value: size}));
    return {name, type: {tensor_type: {elem_type: FLOAT, shape: {dim}}}};
  };
  const {node, initializer} = chain;
  const output = [value(chain.last, [1, model.outputShape[1] as number])];
  const graph = {name: 'model', node, initializer, input: [value('x', shape)], output};
  const type = parse(PROTO, {keepCase: true}).root.lookupType('Model');
  return type.encode(type.create({ir_version: 8, opset_import: [{version: 13}], graph})).finish();
}
