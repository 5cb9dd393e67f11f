import type {Layer} from '../model/tfjs';

/** A layer's configuration in a saved model, with those of its inner layers: of a model, a wrapper or an RNN. */
export interface LayerJson {
  class_name: string;
  /** The layer's name, even if the configuration has another. */
  name?: string;
  /** The layer with this configuration; undefined for a new layer. */
  origin?: Layer;
  /** The changes of the configuration, except in inner layers, by the names of `getConfig`. */
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
  /** Each call's inputs, in a functional model. */
  inbound_nodes?: Reference[][];
}

/** A layer's name, the numbers of its call and output, and further arguments of the call that gets it. */
export type Reference = [name: string, call: number, output: number, given?: object];

const holders = ['layers', 'layer', 'cell', 'cells'] as const;
export type Holder = (typeof holders)[number];

/** A configuration with changed inner configurations. */
export function mapHeld(
  json: LayerJson,
  change: (inner: LayerJson, holder: Holder, index: number) => LayerJson,
): LayerJson {
  const config: Record<string, unknown> = {...json.config};
  for (const holder of holders) {
    const held = config[holder];
    // A custom layer may use these names otherwise.
    if (Array.isArray(held) && held.every(isLayerJson)) {
      config[holder] = held.map((inner, i) => change(inner, holder, i));
    } else if (isLayerJson(held)) {
      config[holder] = change(held, holder, 0);
    }
  }
  return {...json, config};
}

/** The configurations of the inner layers. */
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
