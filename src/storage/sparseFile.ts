import type {io} from '@tensorflow/tfjs-core';
import {assertEncodeOptions, type EncodeOptions} from './options';
import {loader} from './read/loader';
import {place} from './read/place';
import {encodeArtifacts} from './write/encodeArtifacts';

/**
 * An IO handler that saves and loads models as sparse files, for `model.save`, `tf.loadLayersModel` and `tf.loadGraphModel`.
 * If you only load, import the smaller one from tfjs-pruning/storage.
 *
 * These locations hold the file itself, as `encode` returns it: http(s) URLs that do not end in `.json`, relative URLs, and in
 * Node paths and `file://` URLs. All other URLs and handlers are passed to tf.io, which stores the file as the single weight
 * of a model: `indexeddb://`, `localstorage://`, `downloads://`, a model.json on the web.
 *
 * @param to A URL, a path in Node, or a handler of tf.io.
 * @param options The options of `encode`.
 * @throws on bad options, and on loading if the file is damaged or no sparse file.
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
