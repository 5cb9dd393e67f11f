import type {io} from '@tensorflow/tfjs-core';
import {decodeArtifacts} from './decodeArtifacts';
import {place} from './place';

/**
 * An IO handler that loads sparse files, for `tf.loadLayersModel` and `tf.loadGraphModel`. Takes 5 kB, because it cannot save.
 *
 * @param from A URL, a path in Node, or a handler of tf.io, as in `sparseFile` of tfjs-pruning.
 * @throws on loading if the file is damaged or no sparse file.
 */
export function loader(from: string | io.IOHandler): io.IOHandler & {load: io.LoadHandler} {
  const there = place(from);
  return {
    load: async () => decodeArtifacts(await there.read(), 'sparseFile'),
    save: () =>
      Promise.reject(
        new Error(
          "sparseFile: tfjs-pruning/storage only loads; import sparseFile from 'tfjs-pruning' to save",
        ),
      ),
  };
}
