import {LayersModel} from '@tensorflow/tfjs-layers';
import {isOfItsName} from '../model/classes';
import type {Layer} from '../model/tfjs';
import {type Holder, type LayerJson, mapHeld} from './layerJson';
import {mendSaving} from './mendSaving';

/** The configuration of a model, whose layers know what they are of. */
export function configurationOf(model: LayersModel): LayerJson {
  mendSaving();
  // As tfjs writes it, with the calls of each layer in their own order.
  const {toJSON} = Object.getPrototypeOf(LayersModel.prototype) as LayersModel;
  return withOrigin(toJSON.call(model, null, false) as LayerJson & object, model);
}

function withOrigin(json: LayerJson, origin: Layer | undefined): LayerJson {
  // Layers hold others in fields of the names that these have in their configurations.
  const fields = (origin ?? {}) as Partial<Record<Holder, Layer | Layer[]>>;
  const inside = mapHeld(json, (inner, holder, i) => withOrigin(inner, [fields[holder] ?? []].flat()[i]));
  return {...inside, ...(origin && {name: origin.name, origin})};
}

/** Puts other classes in the place of those of some names; a subclass that goes by such a name stays. */
export function renameLayers(json: LayerJson, rename: (className: string) => string): LayerJson {
  const {class_name: name, origin} = json;
  const inside = mapHeld(json, (inner) => renameLayers(inner, rename));
  return {...inside, class_name: origin && !isOfItsName(origin) ? name : rename(name)};
}
