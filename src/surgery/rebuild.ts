import {engine, type Optimizer, type serialization, tidy, type Variable} from '@tensorflow/tfjs-core';
import {type LayersModel, models} from '@tensorflow/tfjs-layers';
import type {Network} from '../model/network';
import {type Layer, modelInternals, variablesOf} from '../model/tfjs';
import {disposeFully} from '../model/tree';
import {configurationOf, renameLayers} from './configuration';
import {assertCopiers, copiesOf, type LayerCopiers} from './copies';
import {copyWeights} from './copyWeights';
import {isCustom} from './custom';
import type {LayerJson} from './layerJson';
import {inLoadingOrder} from './loadingOrder';
import {carrySlots, type Sources} from './slots';
import {withoutRandom} from './withoutRandom';

/** A layer's copy in a new model; undefined if it has none. */
export type CopyOf = (layer: Layer) => Layer | undefined;

/**
 * Copies a model, with other classes for some layers. Names, weights, frozen layers, loss and metrics are the same; the new
 * optimizer has the same class, settings and state (`carrySlots`).
 *
 * @param rename A copy's class name, by the original's class name.
 * @throws as `remake`.
 */
export async function rebuild(
  network: Network,
  rename: (className: string) => string,
  copiers?: LayerCopiers,
): Promise<LayersModel> {
  const fill = (copyOf: CopyOf, sources: Sources) => {
    for (const {layer} of network.leaves) {
      copyWeights(layer, copyOf(layer) as Layer, sources);
    }
  };
  const {made} = await remake(network, (json) => renameLayers(json, rename), fill, copiers);
  return made;
}

/**
 * Makes a model from another's edited configuration, and compiles it like that one. The optimizer is a new one of the same
 * class and settings, with the slots of weights that have a source in the given model.
 *
 * @param edit The new model's configuration, from that of the given one.
 * @param fill Sets the new model's weights, and enters their sources. Runs inside a tf.tidy.
 * @param copiers Functions that copy layers which cannot be made from their configuration.
 * @throws if a layer cannot be made from its configuration, or the result differs from it.
 */
export async function remake(
  network: Network,
  edit: (json: LayerJson) => LayerJson,
  fill: (copyOf: CopyOf, sources: Sources) => void,
  copiers: LayerCopiers = {},
): Promise<{made: LayersModel; copyOf: CopyOf}> {
  const {model} = network;
  assertCopiers(network, copiers);
  const before = new Set(Object.values(engine().registeredVariables));
  const created: Variable[] = [];
  const copies = new Map<Layer, Layer>();
  try {
    let making: Promise<LayersModel>;
    const {json, changed, forget} = copiesOf(inLoadingOrder(edit(configurationOf(model))), copiers, copies);
    try {
      // All layers are made synchronously, so that the variables that are new after the call belong to this model.
      making = withoutRandom(() =>
        models.modelFromJSON(json as object as Parameters<typeof models.modelFromJSON>[0]),
      );
    } finally {
      forget();
      const all = Object.values(engine().registeredVariables);
      created.push(...all.filter((variable) => !before.has(variable)));
    }
    const made = await making;
    const copyOf = (layer: Layer) => copies.get(layer);
    const custom = network.leaves
      .map(({layer}) => [layer, copyOf(layer)])
      .filter((pair): pair is [Layer, Layer] => pair[1] !== undefined && isCustom(pair[0] as Layer));
    // Not loaded for models of tfjs layers only.
    const alike = custom.length > 0 ? await import('./alike') : undefined;
    for (const pair of custom) alike?.callFirst(pair);
    const sources: Sources = new Map();
    tidy(() => fill(copyOf, sources));
    for (const pair of custom) {
      // Its outputs are others, as it has fewer channels.
      if (changed.has(pair[0])) continue;
      // A copy by the function of the user may have other fields.
      await alike?.assertAlike(pair, Object.hasOwn(copiers, pair[0].getClassName()));
    }
    modelInternals(made).userDefinedMetadata = modelInternals(model).userDefinedMetadata;
    await compileLike(model, made, sources);
    disposeFully(made);
    return {made, copyOf};
  } catch (error) {
    // Layers may create more variables when they are called.
    const late = [...copies.values()].flatMap(variablesOf).map((weight) => weight.read() as Variable);
    for (const variable of new Set([...created, ...late])) {
      variable.dispose();
    }
    const reason = (error as Error).message;
    const refusal = network.refuse(`cannot rebuild model "${model.name}" from its configuration: ${reason}`);
    throw Object.assign(refusal, {cause: error});
  }
}

async function compileLike(model: LayersModel, copy: LayersModel, sources: Sources): Promise<void> {
  const optimizer = model.optimizer == null ? undefined : freshOptimizer(model.optimizer);
  if (optimizer === undefined) {
    return;
  }
  try {
    copy.compile({optimizer, loss: model.loss, metrics: model.metrics});
    await carrySlots(model, copy, sources);
  } catch (error) {
    optimizer.dispose();
    throw error;
  }
  // The model owns its optimizer, which must be disposed with it.
  for (const part of [copy, modelInternals(copy).model]) {
    if (part !== undefined) {
      modelInternals(part).isOptimizerOwned = true;
    }
  }
}

/** A new optimizer of the same class and settings, or undefined if it cannot be made from a configuration. */
function freshOptimizer(optimizer: Optimizer): Optimizer | undefined {
  const Same = optimizer.constructor as serialization.SerializableConstructor<Optimizer>;
  try {
    return Same.fromConfig(Same, optimizer.getConfig());
  } catch {
    return undefined;
  }
}
