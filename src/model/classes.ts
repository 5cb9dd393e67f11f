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

/** Whether a layer is of the class that its class name stands for: a subclass may go by the name of its base. */
export function isOfItsName(layer: Layer): boolean {
  return classOf(layer) === classMap()[layer.getClassName()]?.[0];
}

/** How a layer of a class is made again: by its own class, or by the class of another name. */
export function makerOf(name: string, layer: Layer): (config: object, ...more: unknown[]) => Layer {
  const isModel = layer instanceof LayersModel;
  const own = isModel ? modelClassOf(layer) : classOf(layer);
  const registered = classMap()[name];
  // Another class may be registered by this name, as by that of the class that it extends.
  const isOwn = isModel || registered === undefined || (name === own.className && registered[0] !== own);
  const [cls, fromConfig]: [Loadable, Make] = isOwn ? [own, own.fromConfig] : registered;
  return (config, ...more) => fromConfig(cls, config, ...more);
}
