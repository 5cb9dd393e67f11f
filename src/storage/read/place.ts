import {env, io, util} from '@tensorflow/tfjs-core';
import {describe} from '../../util/describe';

/** Where the bytes of one file are. */
export interface Place {
  read(): Promise<Uint8Array>;
  write(bytes: Uint8Array<ArrayBuffer>): Promise<io.SaveResult>;
}

/** Where a URL or a handler of tf.io leads. @throws if it is neither. */
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
    // No page is there that the URL could be relative to.
    return onDisk(to);
  }
  const isWeb = scheme === undefined || scheme === 'http' || scheme === 'https';
  return isWeb && !/\.json($|[?#])/.test(to) ? onWeb(to) : inHandler(to);
}

const saved = (): io.SaveResult => ({modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}});

/** The only weight of what a handler keeps in place of a model. */
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
      // A relative URL is one of the web, as for tf.loadLayersModel.
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
      throw new Error(`sparseFile: cannot save to ${url}; put there what encode() gives`);
    },
    read: async () => {
      const response = await util.fetch(url);
      if (!response.ok) {
        throw new Error(`sparseFile: ${url} answers ${response.status}; check the URL`);
      }
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  writeFile(path: string, bytes: Uint8Array, options?: object): Promise<void>;
  realpath(path: string): Promise<string>;
  stat(path: string): Promise<{mode: number; isFile(): boolean}>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: {force: boolean}): Promise<void>;
}

function onDisk(path: string): Place {
  // Not imported, so that a bundle for browsers need not know of it.
  const {process} = globalThis as {process?: {getBuiltinModule?(name: string): unknown}};
  const fs = process?.getBuiltinModule?.('node:fs/promises') as FileSystem | undefined;
  if (fs === undefined) {
    throw new Error(`sparseFile: file://${path} needs Node 20.16 or later; in a page take another URL`);
  }
  return {
    write: async (bytes) => {
      await replaceFile(fs, path, bytes).catch((cause) => {
        throw new Error(`sparseFile: cannot write ${path}: ${cause.message}; choose another path`, {cause});
      });
      return saved();
    },
    read: () => fs.readFile(path),
  };
}

/** Writes beside a file and renames, so that at any time the old file or the new one is there whole. */
async function replaceFile(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const existing = await fs.stat(path).catch(() => undefined);
  if (existing?.isFile() === false) {
    // A device or a pipe; of a folder it is an error.
    return fs.writeFile(path, bytes);
  }
  // A link stays one.
  const target = existing ? await fs.realpath(path) : path;
  const beside = `${target}.${crypto.randomUUID()}.tmp`;
  try {
    // Flushed, as after a power failure a name may be there before its contents.
    await fs.writeFile(beside, bytes, {flag: 'wx', flush: true, mode: existing?.mode});
    await fs.rename(beside, target);
  } finally {
    await fs.rm(beside, {force: true});
  }
}

const called = (to: unknown) => (typeof to === 'string' ? to : 'what the handler has');

function unable(way: string, to: unknown): never {
  throw new Error(
    `sparseFile: nothing of tf.io can ${way} ${called(to)} here; give it another URL or handler`,
  );
}
