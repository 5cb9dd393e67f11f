import type {io} from '@tensorflow/tfjs-core';
import {decodeArtifacts} from './decodeArtifacts';
import {place} from './place';

/**
 * Loads a model that `sparseFile` of tfjs-pruning saved, or that `encode` gave: for `tf.loadLayersModel` and
 * `tf.loadGraphModel`, in 5 kB, as it cannot save.
 *
 * @param from A URL or a handler, as `sparseFile` of tfjs-pruning takes it.
 * @throws when loading, if what is there is damaged or no sparse file.
 */
export function loader(from: string | io.IOHandler): io.IOHandler & {load: io.LoadHandler} {
  const there = place(from);
  return {
    load: async () => decodeArtifacts(await there.read(), 'sparseFile'),
    save: () =>
      Promise.reject(new Error("sparseFile: this one only loads; import it from 'tfjs-pruning' to save")),
  };
}
