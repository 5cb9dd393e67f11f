import {kinds} from '../src/model/kinds';
import {classMap} from '../src/model/tfjs';
import type {LayerClass} from './declareLayer';
import {makePrunable, type PrunableClass} from './makePrunable';

/** The prunable form of a class of tfjs, by its name, which is its row in `kinds` too. */
export function builtIn<Args extends unknown[]>(className: string): PrunableClass<Args> {
  return makePrunable(classMap()[className][0] as unknown as LayerClass<Args>, kinds[className]);
}
