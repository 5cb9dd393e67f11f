import {LayersModel} from '@tensorflow/tfjs-layers';
import {isOfItsName} from '../model/classes';
import type {Layer} from '../model/tfjs';
import {type Holder, type LayerJson, mapHeld} from './layerJson';
import {mendSaving} from './mendSaving';

/** A model's configuration, in which each layer has its `origin`. */
export function configurationOf(model: LayersModel): LayerJson {
  mendSaving();
  // The stock toJSON, which keeps the order of each layer's calls.
  const {toJSON} = Object.getPrototypeOf(LayersModel.prototype) as LayersModel;
  return withOrigin(toJSON.call(model, null, false) as LayerJson & object, model);
}

function withOrigin(json: LayerJson, origin: Layer | undefined): LayerJson {
  // Layers hold inner layers in fields with the names that they have in configurations.
  const fields = (origin ?? {}) as Partial<Record<Holder, Layer | Layer[]>>;
  const inside = mapHeld(json, (inner, holder, i) => withOrigin(inner, [fields[holder] ?? []].flat()[i]));
  return {...inside, ...(origin && {name: origin.name, origin})};
}

/** Renames layer classes, except subclasses with their base's class name. */
export function renameLayers(json: LayerJson, rename: (className: string) => string): LayerJson {
  const {class_name: name, origin} = json;
  const inside = mapHeld(json, (inner) => renameLayers(inner, rename));
  return {...inside, class_name: origin && !isOfItsName(origin) ? name : rename(name)};
}
