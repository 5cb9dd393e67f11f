import {isRecord} from '../../util/options';

export type Json = Record<string, unknown>;

/**
 * Converts a model's configuration from Keras 3 format to Keras 2 format.
 *
 * @param isVersion3 Whether Keras 3 wrote it; Keras 2 writes .keras files too, and counts calls as tfjs does.
 * @throws if Keras 2 cannot express it: a layer that is called with tensors by name, or outputs by name.
 */
export function keras2(configuration: unknown, isVersion3: boolean): Json {
  const counted = isVersion3 ? modelsAmong : () => new Map();
  return converted(configuration, {path: [], models: new Map(), counted}) as Json;
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
  if (!isRecord(json)) {
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
  (object) => (isRecord(object.dtype) ? {...object, dtype: nameOfPolicy(object.dtype)} : object),
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

/** A call of a layer: for each tensor its layer, call index, output index, and other arguments. */
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
