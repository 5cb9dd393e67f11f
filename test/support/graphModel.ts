import * as tf from '@tensorflow/tfjs';

export type Attributes = Record<string, object>;

/** A node: its name, op, inputs and attributes. */
export type Node = [name: string, op: string, input: string[], attr?: Attributes];

export const float = {dtype: {type: 'DT_FLOAT'}};

const types: Record<string, string> = {float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL'};

/** The artifacts of a graph model of some nodes on an input `x`; −1 is a size that varies. */
export async function graphArtifacts(
  shape: number[],
  steps: readonly Node[],
  weights: Record<string, tf.Tensor>,
  inputType = 'DT_FLOAT',
): Promise<tf.io.ModelArtifacts> {
  const dim = shape.map((size) => ({size: `${size}`}));
  const node = [
    {name: 'x', op: 'Placeholder', attr: {dtype: {type: inputType}, shape: {shape: {dim}}}},
    ...Object.entries(weights).map(([name, {dtype}]) => ({
      ...{name, op: 'Const'},
      attr: {dtype: {type: types[dtype]}},
    })),
    ...steps.map(([name, op, input, attr = {}]) => ({name, op, input, attr})),
  ];
  const {data, specs} = await tf.io.encodeWeights(weights as tf.NamedTensorMap);
  const modelTopology = {node, versions: {producer: 1, minConsumer: 1}};
  return {modelTopology, weightSpecs: specs, weightData: data};
}

/** The graph model of some artifacts. */
export const loadGraph = (artifacts: tf.io.ModelArtifacts): Promise<tf.GraphModel> =>
  tf.loadGraphModel(tf.io.fromMemory(artifacts));
