import type {io} from '@tensorflow/tfjs-core';
import {areNumbered, named} from './kerasVariables';

interface Json {
  [key: string]: unknown;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a model was saved by Keras 3, or as .keras by Keras 2: tfjs 4.22 cannot load either. */
export function isKeras3({modelTopology, weightSpecs}: io.ModelArtifacts): boolean {
  return hasVersion3(modelTopology) || areNumbered(weightSpecs);
}

const hasVersion3 = (topology: unknown) => /^[3-9]/.test(String(Object(topology).keras_version ?? ''));

/**
 * Converts a Keras 3 model to the format of Keras 2, which tfjs loads.
 *
 * @throws if Keras 2 cannot express it: a layer that is called with tensors by name, or outputs by name.
 */
export function keras2(artifacts: io.ModelArtifacts): io.ModelArtifacts {
  const topology = artifacts.modelTopology as Json;
  const config = topology.model_config ?? topology;
  const counted = hasVersion3(topology) ? modelsAmong : () => new Map();
  const json = typeof config === 'string' ? JSON.parse(config) : config;
  const model = converted(json, {path: [], models: new Map(), counted}) as Json;
  const weights = areNumbered(artifacts.weightSpecs)
    ? named(model, artifacts)
    : {weightSpecs: renamed(artifacts.weightSpecs ?? [], leavesIn(model))};
  assertDistinct(weights.weightSpecs);
  return {
    ...artifacts,
    modelTopology: 'model_config' in topology ? {...topology, model_config: model} : model,
    ...weights,
  };
}

/** The position of an object in the configuration. */
interface Place {
  /** The names of the enclosing objects. */
  readonly path: string[];
  /** The nested models of the enclosing model: name to class. */
  readonly models: Map<string, unknown>;
  readonly counted: typeof modelsAmong;
}

/** The models among layers. Keras 3 counts their calls from 0, tfjs from 1. */
const modelsAmong = (layers: Json[]): Map<string, unknown> =>
  new Map(
    layers
      .filter(({config}) => Array.isArray(Object(config).layers))
      .map(({config, class_name}) => [String((config as Json).name), class_name]),
  );

/** Applies the rules to each object, innermost first. */
function converted(json: unknown, place: Place): unknown {
  if (Array.isArray(json)) {
    return json.map((one) => converted(one, place));
  }
  if (!isObject(json)) {
    return json;
  }
  const {path, models, counted} = place;
  const here = {
    path: typeof json.name === 'string' ? [...path, json.name] : path,
    models: Array.isArray(json.layers) ? counted(json.layers) : models,
    counted,
  };
  const {registered_name: _, module: __, build_config: ___, ...rest} = json;
  const inside = Object.entries(rest).map(([key, value]) => [
    key,
    key === 'inbound_nodes' ? (value as unknown[]).map((node) => nodeOf(node, here)) : converted(value, here),
  ]);
  return rules.reduce((object, rule) => rule(object, here), Object.fromEntries(inside) as Json);
}

/** One rule for each difference between Keras 3 and Keras 2. */
const rules: ((object: Json, place: Place) => Json)[] = [
  ({batch_shape, ...rest}) => (batch_shape === undefined ? rest : {...rest, batch_input_shape: batch_shape}),
  (object) => (isObject(object.dtype) ? {...object, dtype: nameOfPolicy(object.dtype)} : object),
  (object) =>
    object.class_name === 'L1' || object.class_name === 'L2'
      ? {class_name: 'L1L2', config: {l1: 0, l2: 0, ...(object.config as Json)}}
      : object,
  (object) =>
    object.class_name === 'Bidirectional'
      ? {...object, config: bidirectional(object.config as Json)}
      : object,
  (object, place) => ({
    ...object,
    ...Object.fromEntries(
      ['input_layers', 'output_layers']
        .filter((key) => object[key] !== undefined)
        .map((key) => [key, listed(object[key], place)]),
    ),
  }),
];

/** Restores the name of the wrapped layer; tfjs makes and names both directions itself. */
function bidirectional({backward_layer: _, ...config}: Json): Json {
  const layer = config.layer as Json;
  const inner = layer.config as Json;
  return {
    ...config,
    layer: {...layer, config: {...inner, name: String(inner.name).replace(/^forward_/, '')}},
  };
}

/** The weight dtype of a policy; tfjs also computes in it. */
function nameOfPolicy({config}: Json): unknown {
  const name = (config as Json | undefined)?.name;
  return typeof name === 'string' && name.startsWith('mixed_') ? 'float32' : name;
}

/** Wraps a single input or output in a list. */
function listed(outputs: unknown, {path, models}: Place): unknown {
  if (!Array.isArray(outputs)) {
    throw new Error(`${path.join('/')} has inputs or outputs by name; save the model with a list of them`);
  }
  const list = typeof outputs[0] === 'string' ? [outputs] : outputs;
  // In this list, Keras 3 counts the calls of a functional model from 1.
  return list.map(([name, call, ...rest]) => [name, call + +(models.get(name) === 'Sequential'), ...rest]);
}

/** A call of a layer: for each tensor its layer, the index of the call, the index of the output, and other arguments. */
function nodeOf(node: unknown, {path, models}: Place): unknown {
  if (Array.isArray(node)) {
    return node;
  }
  const {args = [], kwargs = {}} = node as {args?: unknown[]; kwargs?: Json};
  const others = [args.slice(1), kwargs];
  if (JSON.stringify(others).includes('__keras_tensor__')) {
    throw new Error(
      `${path.join('/')} is called with more than one argument that is a tensor, which tfjs 4.22 cannot; ` +
        'convert the model to a graph: tensorflowjs_converter --output_format=tfjs_graph_model',
    );
  }
  return [args[0]]
    .flat()
    .map((tensor) => (tensor as {config: {keras_history: [string, number, number]}}).config.keras_history)
    .map(([name, call, output]) => [name, call + +models.has(name), output, {}]);
}

/** All layers without inner layers. */
function leavesIn(layer: Json): Json[] {
  const {layers} = layer.config as Json;
  return Array.isArray(layers) ? layers.flatMap(leavesIn) : [layer];
}

/** Keras 3 prefixes weight names with all enclosing models, tfjs with the layer only; the depthwise kernel is also renamed. */
function renamed(specs: io.WeightsManifestEntry[], layers: readonly Json[]): io.WeightsManifestEntry[] {
  const kinds = new Map(layers.map((layer) => [String((layer.config as Json).name), layer.class_name]));
  return specs.map((spec) => {
    const parts = spec.name.split('/');
    const name = parts.slice(
      Math.max(
        0,
        parts.findIndex((part) => kinds.has(part)),
      ),
    );
    const isDepthwise = kinds.get(name[0]) === 'DepthwiseConv2D';
    return {
      ...spec,
      name: name.map((part) => (isDepthwise && part === 'kernel' ? 'depthwise_kernel' : part)).join('/'),
    };
  });
}

function assertDistinct(specs: io.WeightsManifestEntry[]): void {
  const seen = new Set<string>();
  for (const {name} of specs) {
    if (seen.has(name)) {
      throw new Error(`two weights are called ${name}; give each layer a name of its own and save again`);
    }
    seen.add(name);
  }
}
