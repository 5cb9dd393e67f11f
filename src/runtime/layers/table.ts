import type {Kind} from '../model/Layer';
import {activations} from './activations';
import {marginLayers} from './margins';
import {merges} from './merges';
import {norms} from './norms';
import {poolings} from './pooling';
import {preprocessing} from './preprocessing';
import {products} from './products';
import {recurrents} from './recurrent';
import {sequences} from './sequences';
import {shapes} from './shapes';
import {transposedConvolutions} from './transposed';

/** A layer that does nothing but in training. */
const idle: Kind = {
  read:
    () =>
    (_, [x]) =>
      x,
  keepsMask: true,
};

const kinds: Readonly<Record<string, Kind>> = {
  ...activations,
  ...marginLayers,
  ...merges,
  ...norms,
  ...poolings,
  ...preprocessing,
  ...products,
  ...recurrents,
  ...sequences,
  ...shapes,
  ...transposedConvolutions,
  AlphaDropout: idle,
  Dropout: idle,
  GaussianDropout: idle,
  GaussianNoise: idle,
  SpatialDropout1D: idle,
};

/** The descriptions of classes of layers, by their names. */
export type KindOf = (className: string) => Kind | undefined;

/** The descriptions for a saved model. Those of layers that only converted graph models have are loaded first. */
export async function kindsFor(json: object): Promise<KindOf> {
  const hasOps = /"class_name":"(\w+Op|ConstantSource)"/.test(JSON.stringify(json));
  const known = hasOps ? {...kinds, ...(await import('./ops/table')).ops} : kinds;
  return (className) => (Object.hasOwn(known, className) ? known[className] : undefined);
}
