import {dispose, io, type Optimizer, type Tensor, Variable} from '@tensorflow/tfjs-core';
import {LayersModel} from '@tensorflow/tfjs-layers';
import {shadow} from '../model/shadow';
import {assertLayersModel, classMap} from '../model/tfjs';
import {mendSaving} from '../surgery/mendSaving';
import {describe} from '../util/describe';
import {assertOptions} from '../util/options';
import {assertEncodeOptions, type EncodeOptions} from './options';
import {encodeArtifacts} from './write/encodeArtifacts';

/** A model that can be saved: a LayersModel, or the GraphModel of @tensorflow/tfjs-converter. */
export interface Savable {
  save(handler: io.IOHandler, config?: io.SaveConfig): Promise<io.SaveResult>;
}

export interface EncodeModelOptions extends EncodeOptions {
  /** Whether the file holds the training configuration and the slots of the optimizer; `false`, as of `model.save`. */
  includeOptimizer?: boolean;
}

/**
 * The sparse file of a model: at 90 % sparsity a tenth of the weights' bytes with every bit of them, a 25th in 8 bits.
 * Masks are left out, their zeros baked in, as by `strip`. See docs/format.md.
 *
 * @returns the bytes, for `decode` or for `sparseFile` of where they are put.
 * @throws on bad options; if a value is not finite and is not to be written as float32; with `includeOptimizer` if
 *   tfjs could not load the training configuration again.
 * @example await encode(model, {values: 'int8'})
 */
export async function encode(
  model: Savable | LayersModel,
  options: EncodeModelOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof (model as Savable | null)?.save !== 'function') {
    throw new Error(
      `encode: expected a model of tfjs, got ${describe(model)}; encodeArtifacts() takes what one saves`,
    );
  }
  if (model instanceof LayersModel) assertLayersModel('encode', model);
  assertOptions('encode', options, ['values', 'includeOptimizer']);
  const {includeOptimizer = false, ...how} = options;
  assertEncodeOptions('encode', how);
  if (typeof includeOptimizer !== 'boolean') {
    throw new Error(`encode: includeOptimizer must be true or false, got ${describe(includeOptimizer)}`);
  }
  if (includeOptimizer) {
    assertLoadable(model);
  }
  let encoding: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const saved = {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON' as const}};
  const handler = io.withSaveHandler(async (artifacts) => {
    encoding = encodeArtifacts(artifacts, how, 'encode');
    await encoding;
    return saved;
  });
  mendSaving();
  const restore = includeOptimizer ? freeingCounter((model as Compiled).optimizer) : () => {};
  try {
    await model.save(handler, {includeOptimizer});
  } finally {
    restore();
  }
  return encoding as Promise<Uint8Array<ArrayBuffer>>;
}

interface Compiled {
  optimizer?: Optimizer;
  loss?: unknown;
  metrics?: unknown;
}

/** @throws if a model was compiled with what tfjs saves and cannot load. */
function assertLoadable(model: object): void {
  const {optimizer, loss, metrics} = model as Compiled;
  if (optimizer == null) {
    return;
  }
  const className = optimizer.getClassName();
  const reason =
    (!(className in classMap()) &&
      `the optimizer ${className} is not registered; register it with tf.serialization.registerClass()`) ||
    ([loss, metrics].some(hasFunctions) &&
      'the loss or a metric is a function, which has no name to be loaded by; compile with names') ||
    (!Array.isArray(metrics) &&
      Object.values(metrics ?? {}).some(Array.isArray) &&
      'the metrics of an output are a list, which tfjs cannot load; compile with one metric an output');
  if (reason) {
    throw new Error(`encode: ${reason}, or leave out includeOptimizer`);
  }
}

/** Frees the counter of steps that an optimizer makes a tensor of whenever it is saved; undone by what is returned. */
function freeingCounter(optimizer: Optimizer | undefined): () => void {
  if (optimizer == null) {
    return () => {};
  }
  const made: Tensor[] = [];
  const uncover = shadow(optimizer, 'getWeights', (getWeights) => async () => {
    const weights = await getWeights();
    made.push(...weights.map(({tensor}) => tensor).filter((tensor) => !(tensor instanceof Variable)));
    return weights;
  });
  return () => {
    uncover();
    dispose(made);
  };
}

const hasFunctions = (part: unknown): boolean =>
  typeof part === 'function' || (typeof part === 'object' && Object.values(part ?? {}).some(hasFunctions));
