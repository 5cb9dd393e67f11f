import {decodeFile} from '../storage/read/decodeFile';
import {describe} from '../util/describe';
import {Machine} from './machine/Machine';
import type {LayerJson} from './model/graph';
import {readNetwork} from './model/read';
import {Weights} from './model/Weights';
import {type Net, Runner} from './Net';

/**
 * Loads a network from a sparse file, as `encode` writes it, to predict without TensorFlow.js.
 *
 * @param source The bytes of the file, a response of `fetch`, or a URL, as `'digits.tfsp'`.
 * @returns the network. It holds memory until `dispose()`.
 * @throws if the file is damaged, holds a graph model, or has a layer that is not supported, by its name.
 * @example
 * const net = await load(bytes);
 * const scores = net.predict(pixels);
 */
export async function load(source: Uint8Array | ArrayBuffer | Response | string | URL): Promise<Net> {
  const {
    modelTopology,
    format,
    weightSpecs = [],
    weightData,
  } = await decodeFile('load', await bytesFrom(source));
  if (format === 'graph-model')
    throw new Error('load: the file holds a graph model; convert a layers model instead');
  try {
    const saved = Object(modelTopology) as LayerJson & {model_config?: LayerJson};
    const network = await readNetwork(
      saved.model_config ?? saved,
      new Weights(weightSpecs, weightData as ArrayBuffer),
    );
    return new Runner(network, await Machine.start());
  } catch (cause) {
    // Of the stack, or of an array.
    const reason =
      cause instanceof RangeError ? 'the model is too large or too deep' : (cause as Error).message;
    throw new Error(`load: ${reason}`, {cause});
  }
}

async function bytesFrom(source: Parameters<typeof load>[0]): Promise<Uint8Array | ArrayBuffer> {
  if (typeof source === 'string' || source instanceof URL)
    return bytesOf(await fetched(source), String(source));
  if (typeof Response === 'function' && source instanceof Response) return bytesOf(source, source.url);
  const isBytes =
    ArrayBuffer.isView(source) || Object.prototype.toString.call(source) === '[object ArrayBuffer]';
  if (!isBytes)
    throw new Error(
      `load: expected the bytes of a sparse file, a Response or a URL, got ${describe(source)}`,
    );
  return source as Uint8Array | ArrayBuffer;
}

const fetched = (url: string | URL) =>
  fetch(url).catch((cause) => {
    throw new Error(`load: cannot read ${url}: ${cause.message}; check the URL`, {cause});
  });

async function bytesOf(response: Response, url: string): Promise<ArrayBuffer> {
  if (!response.ok) throw new Error(`load: ${url} answers ${response.status}; check the URL`);
  return response.arrayBuffer();
}
