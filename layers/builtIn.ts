import type {layers} from '@tensorflow/tfjs-layers';
import {kinds} from '../src/model/kinds';
import {layerClass} from '../src/model/tfjs';
import {isRecord, wrong} from '../src/util/options';
import {type PrunableClass, prunableClass} from './prunableClass';

/** The arguments of a function of tf.layers. */
export type ArgsOf<Name extends keyof typeof layers> = (typeof layers)[Name] extends (
  ...args: infer Args
) => unknown
  ? Args
  : never;

/** The class with masks of a function of tf.layers. */
export type BuiltIn<Name extends keyof typeof layers> = PrunableClass<ArgsOf<Name>>;

/** A function that makes layers from the arguments of a function of tf.layers. */
export type Factory<Name extends keyof typeof layers, Made> = (...args: ArgsOf<Name>) => Made;

/** The prunable form of a class of tfjs, by its name, which is its row in `kinds` too. */
export function builtIn<Args extends unknown[]>(className: string): PrunableClass<Args> {
  return prunableClass(layerClass<Args>(className), kinds[className] ?? {weights: {}});
}

/** A function that makes layers of a class, and throws errors about its arguments in its own name. */
export function factoryOf<Args extends unknown[], Made>(
  name: string,
  Class: new (...args: Args) => Made,
): (...args: Args) => Made {
  return (...args) => {
    const [config] = args;
    const refused = () => wrong(name, 'the options', 'an object, as the one in tf.layers takes it', config);
    if (config !== undefined && !isRecord(config)) throw refused();
    try {
      return new Class(...args);
    } catch (cause) {
      throw config === undefined ? refused() : new Error(`${name}: ${(cause as Error).message}`, {cause});
    }
  };
}
