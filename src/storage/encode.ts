import {io} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {describe} from '../tfjs';
import {assertEncodeOptions, type EncodeOptions} from './options';
import {encodeArtifacts} from './write/encodeArtifacts';

/** A model that can be saved: a LayersModel, or the GraphModel of @tensorflow/tfjs-converter. */
export interface Savable {
  save(handler: io.IOHandler): Promise<io.SaveResult>;
}

/**
 * The sparse file of a model: at 90 % sparsity a tenth of the weights' bytes with every bit of them, a 25th in 8 bits.
 * Masks are left out, their zeros baked in, as by `strip`. See docs/format.md.
 *
 * @returns the bytes, for `decode` or for `sparseFile` of where they are put.
 * @throws on bad options, and if a value is not finite and is not to be written as float32.
 * @example await encode(model, {values: 'int8'})
 */
export async function encode(
  model: Savable | LayersModel,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof (model as Savable | null)?.save !== 'function') {
    throw new Error(
      `encode: expected a model of tfjs, got ${describe(model)}; encodeArtifacts() takes what one saves`,
    );
  }
  assertEncodeOptions('encode', options);
  let encoding: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const saved = {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON' as const}};
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      const trainingConfig = artifacts.trainingConfig ?? trainingConfigOf(model);
      encoding = encodeArtifacts(
        trainingConfig ? {...artifacts, trainingConfig} : artifacts,
        options,
        'encode',
      );
      await encoding;
      return saved;
    }),
  );
  return encoding as Promise<Uint8Array<ArrayBuffer>>;
}

interface Compiled {
  optimizer?: unknown;
  loss?: unknown;
  metrics?: unknown;
  getTrainingConfig(): io.TrainingConfig;
}

/** How a model was compiled, unless a part of that is a function, which has no name to be found by. */
function trainingConfigOf(model: object): io.TrainingConfig | undefined {
  const {optimizer, loss, metrics} = model as Compiled;
  const hasFunctions = (part: unknown): boolean =>
    typeof part === 'function' || (typeof part === 'object' && Object.values(part ?? {}).some(hasFunctions));
  return optimizer == null || hasFunctions([loss, metrics])
    ? undefined
    : (model as Compiled).getTrainingConfig();
}
