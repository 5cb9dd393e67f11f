import type {io} from '@tensorflow/tfjs-core';
import {assertEncodeOptions, type EncodeOptions} from './options';
import {loader} from './read/loader';
import {place} from './read/place';
import {encodeArtifacts} from './write/encodeArtifacts';

/**
 * Saves and loads a model as a sparse file, wherever tfjs puts models: for `model.save`, `tf.loadLayersModel` and
 * `tf.loadGraphModel`. To load alone, tfjs-pruning/storage has a smaller one.
 *
 * A URL of http(s) that does not end in `.json`, a relative one, and in Node a path or a URL of `file://`, is that of the
 * file itself, as `encode` makes it. All other URLs, and handlers, are those of tf.io, which keep it as the one weight of a
 * model: `indexeddb://`, `localstorage://`, `downloads://`, a model.json on the web.
 *
 * @param to A URL, a path in Node, or a handler.
 * @param options How values are written, as for `encode`.
 * @throws on bad options, and when loading if what is there is damaged or no sparse file.
 * @example sparseFile('indexeddb://small', {values: 'int8'})
 */
export function sparseFile(to: string | io.IOHandler, options: EncodeOptions = {}): Required<io.IOHandler> {
  assertEncodeOptions('sparseFile', options);
  const there = place(to);
  return {
    load: loader(to).load,
    save: async (artifacts) => there.write(await encodeArtifacts(artifacts, options, 'sparseFile')),
  };
}
