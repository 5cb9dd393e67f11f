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

/** A layer's counterpart in a model made of another; undefined if it has none. */
export type CopyOf = (layer: Layer) => Layer | undefined;

/**
 * A copy of a model in which layers may be of other classes; the rest is the same: names, weights, what is
 * frozen, loss and metrics, with a new optimizer of the same class, settings and state (`carrySlots`).
 *
 * @param rename The name of a layer's class in the copy, by its name in the original.
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
 * A model made of the edited configuration of another, and compiled like it, with a new optimizer of the same class and
 * settings, and the slots of the weights that come from one of the given model.
 *
 * @param edit The configuration of the new model, by that of the given one.
 * @param fill Gives the new model its weights, and enters where they come from. Runs inside a tf.tidy.
 * @param copiers Make layers that cannot be made of their configuration.
 * @throws if a layer cannot be made from its configuration, or is another one then.
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
    const {json, forget} = copiesOf(inLoadingOrder(edit(configurationOf(model))), copiers, copies);
    try {
      // Makes all layers before it first waits, so that what is new after the call is of this model alone.
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
    // Models of tfjs layers do not load it.
    const alike = custom.length > 0 ? await import('./alike') : undefined;
    for (const pair of custom) alike?.callFirst(pair);
    const sources: Sources = new Map();
    tidy(() => fill(copyOf, sources));
    for (const pair of custom) {
      // A function that copies a layer knows its fields.
      await alike?.assertAlike(pair, Object.hasOwn(copiers, pair[0].getClassName()));
    }
    modelInternals(made).userDefinedMetadata = modelInternals(model).userDefinedMetadata;
    await compileLike(model, made, sources);
    disposeFully(made);
    return {made, copyOf};
  } catch (error) {
    // Those of layers that make some when they are called came later.
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
