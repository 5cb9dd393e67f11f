import type {Json} from './Config';

/** A call of a layer: where its inputs come from, and where its outputs go. */
export interface Call {
  readonly json: LayerJson;
  readonly from: readonly Source[];
  to: string;
}

/** A layer in a saved model. */
export interface LayerJson {
  readonly class_name: string;
  readonly config: Json;
}

/** One of the outputs of a call. */
export interface Source {
  readonly key: string;
  readonly index: number;
}

/** A model as a list of calls in an order in which they can run. */
export interface Graph {
  readonly inputs: readonly {
    readonly key: string;
    readonly name: string;
    readonly shape: readonly (number | null)[];
  }[];
  readonly calls: readonly Call[];
  readonly outputs: readonly Source[];
}

export const isModel = (className: string): boolean =>
  ['Model', 'Functional', 'Sequential'].includes(className);

export const nameOf = ({config}: LayerJson): string => String(config.name);

/** The calls of a saved model. @throws if it is no model, or is not connected. */
export function graphOf(json: LayerJson): Graph {
  return json.class_name === 'Sequential' ? chain(json) : functional(json);
}

/** A saved layer. @throws if it is none. */
export function layerIn(json: unknown): LayerJson {
  const {class_name: className, config} = Object(json);
  if (typeof className !== 'string' || typeof Object(config).name !== 'string')
    throw new Error('a layer has no class, configuration or name');
  return json as LayerJson;
}

function layersIn({config}: LayerJson): LayerJson[] {
  const layers: unknown = Array.isArray(config) ? config : config?.layers;
  if (!Array.isArray(layers) || layers.length === 0) throw new Error('the model has no layers');
  const names = new Set<string>();
  return layers.map((one) => {
    const layer = layerIn(one);
    const name = nameOf(layer);
    if (names.has(name)) throw new Error(`two layers have the name "${name}"`);
    names.add(name);
    return layer;
  });
}

/** The shape of the input of a layer that a model begins with. */
function shapeOf(json: LayerJson): (number | null)[] {
  const {config} = json;
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (shape === undefined && isModel(json.class_name)) return shapeOf(layersIn(json)[0]);
  const isShape =
    Array.isArray(shape) &&
    shape.length > 0 &&
    shape.every((length) => length === null || (Number.isInteger(length) && length > 0));
  if (!isShape) throw new Error(`the layer "${nameOf(json)}" has no shape of its input`);
  return shape;
}

function chain(json: LayerJson): Graph {
  const layers = layersIn(json);
  const [first] = layers;
  const isInput = first.class_name === 'InputLayer';
  const name = isInput ? nameOf(first) : `${nameOf(first)}_input`;
  const rest = isInput ? layers.slice(1) : layers;
  const key = (i: number) => `${i}`;
  return {
    inputs: [{key: key(0), name, shape: shapeOf(first)}],
    calls: rest.map((layer, i) => ({json: layer, from: [{key: key(i), index: 0}], to: key(i + 1)})),
    outputs: [{key: key(rest.length), index: 0}],
  };
}

/** The name of a layer, the number of its call, the number of the output, and further arguments. */
type Reference = readonly [name: string, call: number, output: number, more?: Json];

/** A list of references. @throws if it is none. */
function references(list: unknown): Reference[] {
  const isReference = (one: unknown) =>
    Array.isArray(one) && typeof one[0] === 'string' && Number.isInteger(one[1]) && Number.isInteger(one[2]);
  if (!Array.isArray(list) || list.length === 0 || !list.every(isReference))
    throw new Error(`the inputs or outputs of a layer have an unknown form: ${JSON.stringify(list)}`);
  return list;
}

function functional(json: LayerJson): Graph {
  const layers = layersIn(json) as (LayerJson & {name?: string; inbound_nodes?: unknown})[];
  const named = new Map(layers.map((layer) => [layer.name ?? nameOf(layer), layer]));
  const source = (reference: Reference): Source => {
    const [name, call, index, more] = reference;
    const layer = named.get(name);
    if (layer === undefined) throw new Error(`the model has no layer ${JSON.stringify(name)}`);
    const extra = Object.entries(Object(more)).find(([key, value]) => key !== 'training' && value != null);
    if (extra !== undefined)
      throw new Error(`the layer "${name}" is called with ${extra[0]}, which is not supported`);
    // The first call of a model is that of its own inputs.
    return {key: `${name}/${call - +isModel(layer.class_name)}`, index};
  };
  const {input_layers: inputs, output_layers: outputs} = json.config;
  const waiting = [...named].flatMap(([name, layer]) =>
    [layer.inbound_nodes ?? []]
      .flat()
      .map((node, i) => ({json: layer, from: references(node).map(source), to: `${name}/${i}`})),
  );
  const listed = (list: unknown) => references(Array.isArray(Object(list)[0]) ? list : [list]);
  const found = listed(inputs).map((reference) => {
    const layer = named.get(reference[0]);
    if (layer === undefined) throw new Error(`the model has no layer ${JSON.stringify(reference[0])}`);
    return {key: source(reference).key, name: reference[0], shape: shapeOf(layer)};
  });
  const sources = listed(outputs).map(source);
  return {
    inputs: found,
    calls: ordered(
      waiting,
      found.map(({key}) => key),
      sources,
    ),
    outputs: sources,
  };
}

/** The calls that the outputs need, each after those that it needs itself. */
function ordered(calls: readonly Call[], known: readonly string[], outputs: readonly Source[]): Call[] {
  const byKey = new Map(calls.map((call) => [call.to, call]));
  const done = new Set(known);
  const open = new Set<string>();
  const order: Call[] = [];
  const visit = ({key}: Source): void => {
    if (done.has(key)) return;
    const call = byKey.get(key);
    if (call === undefined || open.has(key)) throw new Error(`nothing computes "${key}"`);
    open.add(key);
    call.from.forEach(visit);
    done.add(key);
    order.push(call);
  };
  outputs.forEach(visit);
  return order;
}
