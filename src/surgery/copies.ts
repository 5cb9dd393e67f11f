import {layers as tfLayers} from '@tensorflow/tfjs-layers';
import {builtInName} from '../model/builtIn';
import {makeLoadable, makerOf} from '../model/classes';
import type {Network} from '../model/network';
import {type Layer, modelClassOf, variablesOf, withInnerLayers} from '../model/tfjs';
import {isContainer} from '../model/tree';
import {describe} from '../util/describe';
import {isRecord, wrong} from '../util/options';
import {cannotCopy} from './custom';
import {heldIn, type LayerJson, mapHeld} from './layerJson';

/** Functions that copy a layer, by class name. */
export type LayerCopiers = Readonly<Record<string, (original: Layer) => Layer>>;

/**
 * Gives each layer in a configuration its own class name, by which tfjs makes it. That maps each copy to its original,
 * whatever their names, and custom layers are made from the result of `getConfig`, which JSON may change.
 *
 * @param made Is filled with the copies, by original.
 * @returns the configuration to load before `forget` is called, and the layers whose copies have another configuration.
 */
export function copiesOf(
  json: LayerJson,
  copiers: LayerCopiers,
  made: Map<Layer, Layer>,
): {json: LayerJson; changed: ReadonlySet<Layer>; forget: () => void} {
  const undo: (() => void)[] = [];
  const changed = new Set<Layer>();
  const holders = new Map<Layer, Layer | undefined>();
  const register = (outer: LayerJson, holder?: Layer): LayerJson => {
    const inside = mapHeld(outer, (inner) => register(inner, outer.origin));
    const {origin, patch = {}, ...rest} = inside;
    if (origin === undefined) return rest;
    if (Object.keys(patch).length > 0) changed.add(origin);
    // A wrapper may look up the class of its inner layer, which the user need not have registered.
    undo.push(makeLoadable(origin.getClassName(), origin.constructor));
    const name = `Copy${undo.length}`;
    const fromConfig = (_: unknown, config: object, ...more: unknown[]) => {
      const known = made.get(origin);
      // A Sequential lists a layer once for each call.
      if (known !== undefined && holder === holders.get(origin)) return known;
      if (made.has(origin) && variablesOf(origin).length > 0) {
        throw new Error(
          `layer "${origin.name}" is shared by a model and a nested model, which copies cannot share`,
        );
      }
      const copy = make(inside, origin, copiers, config, more);
      // A class may ignore the name in its configuration.
      copy.name = origin.name;
      made.set(origin, copy);
      holders.set(origin, holder);
      return copy;
    };
    undo.push(makeLoadable(name, {fromConfig}));
    return {...rest, class_name: name};
  };
  const forget = () => {
    for (const end of undo) end();
  };
  return {json: register(json), changed, forget};
}

function make(json: LayerJson, origin: Layer, copiers: LayerCopiers, config: object, more: unknown[]): Layer {
  const name = origin.getClassName();
  if (Object.hasOwn(copiers, name)) {
    const copy: unknown = copiers[name](origin);
    if (!(copy instanceof tfLayers.Layer) || copy === origin || copy.inboundNodes.length > 0) {
      throw new Error(
        `layers.${name} must return a new layer, got ${copy === origin ? 'the same' : describe(copy)}`,
      );
    }
    return copy;
  }
  if (isContainer(origin) && Object.getPrototypeOf(origin).call !== modelClassOf(origin).prototype.call) {
    throw cannotCopy(origin, 'is a model with its own call()');
  }
  const isOwn = builtInName(origin) === undefined && heldIn(json).length === 0;
  try {
    return makerOf(json.class_name, origin)(isOwn ? {...origin.getConfig(), ...json.patch} : config, ...more);
  } catch (error) {
    // The error of an inner layer names that layer.
    throw isOwn ? cannotCopy(origin, `cannot be made: ${(error as Error).message}`) : error;
  }
}

/** Throws unless all are functions, for the class names of layers in the model. */
export function assertCopiers({who, model, leaves, refuse}: Network, copiers: LayerCopiers): void {
  if (!isRecord(copiers)) throw wrong(who, 'layers', 'functions that copy a layer, by class name', copiers);
  const layers = leaves.flatMap(({layer}) => withInnerLayers(layer));
  const names = new Set(layers.map((layer) => layer.getClassName()));
  for (const [name, copier] of Object.entries(copiers)) {
    if (typeof copier !== 'function') {
      throw refuse(`layers.${name} must be a function of the layer to copy, got ${describe(copier)}`);
    }
    if (!names.has(name)) {
      throw refuse(`layers names ${name}, but model "${model.name}" has only ${[...names].join(', ')}`);
    }
  }
}
