import type {LayersModel} from '@tensorflow/tfjs-layers';
import {assertOptions} from '../options';
import {classMap} from '../tfjs';
import {prunableWeights} from '../weight';
import type {LayerCopiers} from './copies';
import {rebuild} from './rebuild';

/** The name of the class that stands without masks for the class of a name. */
export function plainName(name: string): string {
  return (classMap()[name]?.[0] as {plainName?: string} | undefined)?.plainName ?? name;
}

/**
 * A plain tfjs model with the same outputs and the zeros baked into its weights: what to ship. The model given
 * stays as it is; the new one is compiled like it, with a fresh optimizer.
 *
 * @param options.layers Functions that copy layers, as for `prunable`.
 * @throws if the model has no prunable layer, or cannot be rebuilt from its configuration.
 */
export async function strip(model: LayersModel, options: {layers?: LayerCopiers} = {}): Promise<LayersModel> {
  prunableWeights(model, 'strip');
  assertOptions('strip', options, ['layers']);
  return rebuild('strip', model, plainName, options.layers);
}
