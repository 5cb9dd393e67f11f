import {engine, type Optimizer, type serialization, tidy, type Variable} from '@tensorflow/tfjs-core';
import {type LayersModel, models} from '@tensorflow/tfjs-layers';
import {type Layer, makeLoadable, modelInternals} from '../tfjs';
import {leaves} from '../tree';

/**
 * A copy of a model in which layers may be of other classes; the rest is the same: names, weights, what is
 * frozen, loss and metrics, with a new optimizer of the same class and settings.
 *
 * @param rename The name of a layer's class in the copy, by its name in the original.
 * @param copy Carries the weights of a layer over to its counterpart.
 * @throws if a layer cannot be made from its own configuration.
 */
export async function rebuild(
  who: string,
  model: LayersModel,
  rename: (className: string) => string,
  copy: (from: Layer, to: Layer) => void,
): Promise<LayersModel> {
  return remake(
    who,
    model,
    (json) => renameLayers(json, rename),
    (made) => {
      const targets = leaves(made);
      leaves(model).forEach(({layer}, i) => {
        copy(layer, targets[i].layer);
      });
    },
  );
}

/**
 * A model made of the edited configuration of another, and compiled like it, with a new optimizer of the same class and
 * settings.
 *
 * @param edit The configuration of the new model, by that of the given one.
 * @param fill Gives the new model its weights. Runs inside a tf.tidy.
 * @throws if a layer cannot be made from its configuration.
 */
export async function remake(
  who: string,
  model: LayersModel,
  edit: (json: LayerJson) => LayerJson,
  fill: (made: LayersModel) => void,
): Promise<LayersModel> {
  // A class that the user never registered can be rebuilt all the same; its layers know it.
  const undo = leaves(model).map(({layer}) => makeLoadable(layer.getClassName(), layer.constructor));
  const before = new Set(Object.values(engine().registeredVariables));
  let made: Variable[] = [];
  try {
    let rebuilding: Promise<LayersModel>;
    try {
      const json = edit(model.toJSON(null, false) as LayerJson & object);
      // Makes all layers before it first waits, so that what is new after the call is of this model alone.
      rebuilding = models.modelFromJSON(json as object as Parameters<typeof models.modelFromJSON>[0]);
    } finally {
      made = Object.values(engine().registeredVariables).filter((variable) => !before.has(variable));
      for (const forget of undo) {
        forget();
      }
    }
    const rebuilt = await rebuilding;
    tidy(() => fill(rebuilt));
    modelInternals(rebuilt).userDefinedMetadata = modelInternals(model).userDefinedMetadata;
    compileLike(model, rebuilt);
    return rebuilt;
  } catch (error) {
    for (const variable of made) {
      variable.dispose();
    }
    const reason = (error as Error).message;
    throw new Error(`${who}: cannot rebuild model "${model.name}" from its configuration: ${reason}`, {
      cause: error,
    });
  }
}

/** The configuration of a layer, as a saved model has it, with the layers inside: of a model, a wrapper, an RNN. */
export interface LayerJson {
  class_name: string;
  /** In a functional model, that of the configuration again. */
  name?: string;
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

export function renameLayers(json: LayerJson, rename: (className: string) => string): LayerJson {
  const inside = (inner: LayerJson | LayerJson[] | undefined) =>
    Array.isArray(inner)
      ? inner.map((one) => renameLayers(one, rename))
      : inner && renameLayers(inner, rename);
  const {layers, layer, cell, cells} = json.config;
  const held = Object.entries({layers, layer, cell, cells}).filter(([, inner]) => inner != null);
  const config = {...json.config, ...Object.fromEntries(held.map(([key, inner]) => [key, inside(inner)]))};
  return {...json, class_name: rename(json.class_name), config};
}

function compileLike(model: LayersModel, copy: LayersModel): void {
  const optimizer = model.optimizer == null ? undefined : freshOptimizer(model.optimizer);
  if (optimizer === undefined) {
    return;
  }
  try {
    copy.compile({optimizer, loss: model.loss, metrics: model.metrics});
  } catch (error) {
    optimizer.dispose();
    throw error;
  }
  // Nobody else holds the optimizer, so that disposing the model must dispose it too.
  for (const part of [copy, modelInternals(copy).model]) {
    if (part !== undefined) {
      modelInternals(part).isOptimizerOwned = true;
    }
  }
}

/** An optimizer of the same class and settings, or undefined if the class is not one that can be configured. */
function freshOptimizer(optimizer: Optimizer): Optimizer | undefined {
  const Same = optimizer.constructor as serialization.SerializableConstructor<Optimizer>;
  try {
    return Same.fromConfig(Same, optimizer.getConfig());
  } catch {
    return undefined;
  }
}
