import {env, io, util} from '@tensorflow/tfjs-core';
import {describe} from '../util/describe';
import type {FileSystem} from './write/replaceFile';

/** A location of a sparse file. */
export interface Place {
  read(): Promise<Uint8Array>;
  write(bytes: Uint8Array<ArrayBuffer>): Promise<io.SaveResult>;
}

/** The location given by a URL or a handler of tf.io. @throws if it is neither. */
export function place(to: string | io.IOHandler): Place {
  if (typeof to !== 'string') {
    if (typeof (to?.load ?? to?.save) !== 'function') {
      throw new Error(`sparseFile: expected a URL or a handler of tf.io, got ${describe(to)}`);
    }
    return inHandler(to);
  }
  const [, scheme] = /^([a-z]+):\/\//i.exec(to) ?? [];
  if (scheme === 'file') {
    return onDisk(to.slice('file://'.length));
  }
  if (scheme === undefined && env().getBool('IS_NODE') && !env().getBool('IS_BROWSER')) {
    // Without a page there is no base for relative URLs.
    return onDisk(to);
  }
  const isWeb = scheme === undefined || scheme === 'http' || scheme === 'https';
  return isWeb && !/\.json($|[?#])/.test(to) ? onWeb(to) : inHandler(to);
}

const saved = (): io.SaveResult => ({modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}});

/** The name of the single weight in which a handler stores the file. */
const NAME = 'sparse file';

function inHandler(to: string | io.IOHandler): Place {
  return {
    write: async ({buffer}) => {
      const handler = typeof to === 'string' ? io.getSaveHandlers(to)[0] : to;
      const weightSpecs = [{name: NAME, shape: [buffer.byteLength], dtype: 'bool' as const}];
      const artifacts = {modelTopology: {sparseFile: true}, weightSpecs, weightData: buffer};
      return handler?.save === undefined ? unable('save', to) : handler.save(artifacts);
    },
    read: async () => {
      // Relative URLs are fetched, as in tf.loadLayersModel.
      const handler =
        typeof to !== 'string' ? to : (io.getLoadHandlers(to)[0] ?? (/:/.test(to) ? {} : io.http(to)));
      const {weightSpecs, weightData = []} =
        handler.load === undefined ? unable('load', to) : await handler.load();
      if (weightSpecs?.length !== 1 || weightSpecs[0].name !== NAME) {
        throw new Error(`sparseFile: ${called(to)} is not a sparse file; load it without sparseFile()`);
      }
      return new Uint8Array(io.CompositeArrayBuffer.join(weightData));
    },
  };
}

function onWeb(url: string): Place {
  return {
    write: async () => {
      throw new Error(`sparseFile: cannot save to ${url}; upload the result of encode()`);
    },
    read: async () => {
      const response = await util.fetch(url).catch((cause) => cannotRead(url, cause));
      if (!response.ok) {
        throw new Error(`sparseFile: ${url} answers ${response.status}; check the URL`);
      }
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

function onDisk(path: string): Place {
  // Not imported, so that bundlers for browsers need no stub of it.
  const {process} = globalThis as {process?: {getBuiltinModule?(name: string): unknown}};
  const fs = process?.getBuiltinModule?.('node:fs/promises') as FileSystem | undefined;
  if (fs === undefined) {
    throw new Error(`sparseFile: file://${path} requires Node 20.16 or later; in a page use another URL`);
  }
  return {
    write: async (bytes) => {
      const {replaceFile} = await import('./write/replaceFile');
      await replaceFile(fs, path, bytes).catch((cause) => {
        throw new Error(`sparseFile: cannot write ${path}: ${cause.message}; choose another path`, {cause});
      });
      return saved();
    },
    read: () => fs.readFile(path).catch((cause) => cannotRead(path, cause)),
  };
}

const called = (to: unknown) => (typeof to === 'string' ? to : 'the content of the handler');

function cannotRead(at: string, cause: Error): never {
  throw new Error(`sparseFile: cannot read ${at}: ${cause.message}; check the location`, {cause});
}

function unable(way: string, to: unknown): never {
  throw new Error(`sparseFile: no handler of tf.io can ${way} ${called(to)}; pass another URL or handler`);
}
