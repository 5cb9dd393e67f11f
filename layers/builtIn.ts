import type {layers} from '@tensorflow/tfjs-layers';
import {kinds} from '../src/model/kinds';
import {layerClass} from '../src/model/tfjs';
import {isRecord, wrong} from '../src/util/options';
import {type PrunableClass, prunableClass} from './prunableClass';

/** The arguments of a tf.layers function. */
export type ArgsOf<Name extends keyof typeof layers> = (typeof layers)[Name] extends (
  ...args: infer Args
) => unknown
  ? Args
  : never;

/** The prunable class for a function of tf.layers. */
export type BuiltIn<Name extends keyof typeof layers> = PrunableClass<ArgsOf<Name>>;

/** Makes layers from the arguments of a tf.layers function. */
export type Factory<Name extends keyof typeof layers, Made> = (...args: ArgsOf<Name>) => Made;

/** The prunable class for a tfjs class, by the name of its row in `kinds`. */
export function builtIn<Args extends unknown[]>(className: string): PrunableClass<Args> {
  return prunableClass(layerClass<Args>(className), kinds[className] ?? {weights: {}});
}

/** A function that makes layers of a class. Its errors about the arguments begin with its own name. */
export function factoryOf<Args extends unknown[], Made>(
  name: string,
  Class: new (...args: Args) => Made,
): (...args: Args) => Made {
  return (...args) => {
    const [config] = args;
    const refused = () => wrong(name, 'the options', 'an object, as for the function of tf.layers', config);
    if (config !== undefined && !isRecord(config)) throw refused();
    try {
      return new Class(...args);
    } catch (cause) {
      throw config === undefined ? refused() : new Error(`${name}: ${(cause as Error).message}`, {cause});
    }
  };
}
