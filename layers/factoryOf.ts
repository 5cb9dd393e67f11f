import {isRecord, wrong} from '../src/util/options';

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
