import type {Layer} from '../model/tfjs';

/** The configuration of a layer, as a saved model has it, with the layers inside: of a model, a wrapper, an RNN. */
export interface LayerJson {
  class_name: string;
  /** That of the layer, whatever the configuration says. */
  name?: string;
  /** The layer that this is the configuration of; undefined where another takes its place. */
  origin?: Layer;
  /** What was changed in the configuration, apart from layers inside. */
  patch?: Readonly<Record<string, unknown>>;
  config: {
    name?: string;
    layers?: LayerJson[];
    layer?: LayerJson;
    cell?: LayerJson;
    cells?: LayerJson[];
    batch_input_shape?: (number | null)[];
    output_layers?: Reference[];
  };
  /** The inputs of each call, in a functional model. */
  inbound_nodes?: Reference[][];
}

/** The name of a layer, which of its calls, and which output of that; with what else the call is given. */
export type Reference = [name: string, call: number, output: number, given?: object];

const holders = ['layers', 'layer', 'cell', 'cells'] as const;
export type Holder = (typeof holders)[number];

/** A configuration with those of the layers inside changed. */
export function mapHeld(
  json: LayerJson,
  change: (inner: LayerJson, holder: Holder, index: number) => LayerJson,
): LayerJson {
  const config: Record<string, unknown> = {...json.config};
  for (const holder of holders) {
    const held = config[holder];
    // A layer of one's own may mean something else by these names.
    if (Array.isArray(held) && held.every(isLayerJson)) {
      config[holder] = held.map((inner, i) => change(inner, holder, i));
    } else if (isLayerJson(held)) {
      config[holder] = change(held, holder, 0);
    }
  }
  return {...json, config};
}

/** The configurations of the layers inside. */
export function heldIn(json: LayerJson): LayerJson[] {
  const held: LayerJson[] = [];
  mapHeld(json, (inner) => {
    held.push(inner);
    return inner;
  });
  return held;
}

function isLayerJson(value: unknown): value is LayerJson {
  const {class_name: name, config} = (value ?? {}) as Partial<LayerJson>;
  return name !== undefined && typeof config === 'object' && config !== null;
}
