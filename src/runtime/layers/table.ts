import type {Kind} from '../model/Layer';
import {activations} from './activations';
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

/** The description of a class of layers, if it is supported. */
export const kindOf = (className: string): Kind | undefined =>
  Object.hasOwn(kinds, className) ? kinds[className] : undefined;
