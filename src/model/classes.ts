import {LayersModel} from '@tensorflow/tfjs-layers';
import {classMap, classOf, type Layer, type Loadable, type Make, modelClassOf} from './tfjs';

/** Makes a class loadable under a name, unless one is; returns the function that undoes it. */
export function makeLoadable(name: string, loaded: unknown): () => void {
  const map = classMap();
  if (name in map) return () => {};
  const cls = loaded as Loadable;
  map[name] = [cls, cls.fromConfig];
  return () => {
    delete map[name];
  };
}

/** Makes a class loadable; it replaces one that was declared under the same name, as when its module is loaded again. */
export function makeNewest(name: string, loaded: object): void {
  const map = classMap();
  if (Object.hasOwn(map[name]?.[0] ?? {}, 'kind') && Object.hasOwn(loaded, 'className')) delete map[name];
  makeLoadable(name, loaded);
}

/**
 * Whether a layer is of the class that its class name stands for: a subclass may go by the name of its base. Classes with masks
 * always are, also those of an earlier call of `makePrunable`, which another class has replaced by now.
 */
export function isOfItsName(layer: Layer): boolean {
  const own = classOf(layer);
  return Object.hasOwn(own, 'plainName') || own === classMap()[layer.getClassName()]?.[0];
}

/** How a layer of a class is made again: by its own class, or by the class of another name. */
export function makerOf(name: string, layer: Layer): (config: object, ...more: unknown[]) => Layer {
  const isModel = layer instanceof LayersModel;
  const own = isModel ? modelClassOf(layer) : classFor(name, layer);
  const registered = classMap()[name];
  // Another class may be registered by this name, as by that of the class that it extends.
  const isOwn = isModel || registered === undefined || (name === own.className && registered[0] !== own);
  const [cls, fromConfig]: [Loadable, Make] = isOwn ? [own, own.fromConfig] : registered;
  return (config, ...more) => fromConfig(cls, config, ...more);
}

/** The class of a layer, or the one that it adds masks to if that has the name. */
function classFor(name: string, layer: Layer): Loadable {
  const own = classOf(layer);
  return Object.hasOwn(own, 'plainName') && own.plainName === name ? Object.getPrototypeOf(own) : own;
}
