import type {io} from '@tensorflow/tfjs-core';
import {assertEncodeOptions, type EncodeOptions} from './options';
import {place} from './place';
import {decodeFile} from './read/decodeFile';

/**
 * An IO handler that saves and loads models as sparse files, for `model.save`, `tf.loadLayersModel` and `tf.loadGraphModel`.
 * The encoder loads with the first save, so that a page that only loads models takes 6 kB. Pages without a bundler import
 * the same function from `tfjs-pruning/storage`.
 *
 * These locations hold the file itself, as `encode` returns it: http(s) URLs that do not end in `.json`, relative URLs, and in
 * Node paths and `file://` URLs. All other URLs and handlers are passed to tf.io, which stores the file as the single weight
 * of a model: `indexeddb://`, `localstorage://`, `downloads://`, a model.json on the web.
 *
 * @param at A URL, a path in Node, or a handler of tf.io.
 * @param options As for `encode`.
 * @returns the handler, for `model.save`, `tf.loadLayersModel` and `tf.loadGraphModel`.
 * @throws on bad options, and on loading if the file is damaged or no sparse file.
 * @example
 * await (await strip(model)).save(sparseFile('model.tfsp', {values: 'int8'}));
 * const loaded = await tf.loadLayersModel(sparseFile('model.tfsp'));
 */
export function sparseFile(at: string | io.IOHandler, options: EncodeOptions = {}): Required<io.IOHandler> {
  assertEncodeOptions('sparseFile', options);
  const there = place(at);
  return {
    load: async () => decodeFile('sparseFile', await there.read(), typeof at === 'string' ? at : undefined),
    save: async (artifacts) => {
      const {encodeFile} = await import('./write/encodeFile');
      return there.write(await encodeFile('sparseFile', artifacts, options));
    },
  };
}
