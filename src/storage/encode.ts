import {dispose, io, type Optimizer, type Tensor, Variable} from '@tensorflow/tfjs-core';
import {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {shadow} from '../model/shadow';
import {classMap} from '../model/tfjs';
import {mendSaving} from '../surgery/mendSaving';
import {describe} from '../util/describe';
import {assertOptions} from '../util/options';
import {assertEncodeOptions, type EncodeOptions} from './options';
import {encodeFile} from './write/encodeFile';

/** A model with `save`: a LayersModel, or a GraphModel of @tensorflow/tfjs-converter. */
export interface Savable {
  /** Gives the artifacts of the model to a handler. */
  save(handler: io.IOHandler, config?: io.SaveConfig): Promise<io.SaveResult>;
}

/** Options for `encode`. */
export interface EncodeModelOptions extends EncodeOptions {
  /** Whether to include the training configuration and the slots of the optimizer. Default: false, as in `model.save`. */
  includeOptimizer?: boolean;
}

/**
 * Encodes a model as a sparse file: at 90 % sparsity, a tenth of the weights' size without loss, and a 25th with 8-bit
 * values. Masks become zeros in the weights, as in `strip`. docs/format.md describes the format.
 *
 * @returns the file's bytes; load them with `decode`, or from a URL with `sparseFile`.
 * @throws on bad options, if the model is not built, for values that are not finite unless they are written as float32, and
 *   with `includeOptimizer` if tfjs could not load the training configuration again.
 * @example await encode(model, {values: 'int8'})
 */
export async function encode(
  model: Savable | LayersModel,
  options: EncodeModelOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof (model as Savable | null)?.save !== 'function') {
    throw new Error(
      `encode: expected a tf.LayersModel or tf.GraphModel, got ${describe(model)}; encode its artifacts with ` +
        'encodeArtifacts() of tfjs-pruning/storage',
    );
  }
  if (model instanceof LayersModel) readNetwork('encode', model);
  assertOptions('encode', options, ['values', 'includeOptimizer']);
  const {includeOptimizer = false, ...how} = options;
  assertEncodeOptions('encode', how);
  if (typeof includeOptimizer !== 'boolean') {
    throw new Error(`encode: includeOptimizer must be true or false, got ${describe(includeOptimizer)}`);
  }
  if (includeOptimizer) {
    assertLoadable(model);
  }
  const restore = includeOptimizer ? freeingCounter((model as Compiled).optimizer) : () => {};
  try {
    return await encodeSaved('encode', model, how, {includeOptimizer});
  } finally {
    restore();
  }
}

/** Encodes the saved artifacts of a model, for the function `who`. */
export async function encodeSaved(
  who: string,
  model: Savable,
  options: EncodeOptions,
  config?: io.SaveConfig,
): Promise<Uint8Array<ArrayBuffer>> {
  let encoding: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const saved = {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON' as const}};
  const handler = io.withSaveHandler(async (artifacts) => {
    encoding = encodeFile(who, artifacts, options);
    await encoding;
    return saved;
  });
  mendSaving();
  await model.save(handler, config);
  return encoding as Promise<Uint8Array<ArrayBuffer>>;
}

interface Compiled {
  optimizer?: Optimizer;
  loss?: unknown;
  metrics?: unknown;
}

/** @throws if the model was compiled with options that tfjs can save but not load. */
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
      'the loss or a metric is a function, which cannot be loaded; compile with names') ||
    (!Array.isArray(metrics) &&
      Object.values(metrics ?? {}).some(Array.isArray) &&
      'the metrics of an output are a list, which tfjs cannot load; compile with one metric per output');
  if (reason) {
    throw new Error(`encode: ${reason}, or leave out includeOptimizer`);
  }
}

/** Collects the step counters that an optimizer leaks when it is saved; the returned function frees them and ends this. */
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
