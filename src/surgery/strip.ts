import type {LayersModel} from '@tensorflow/tfjs-layers';
import {classMap} from '../tfjs';
import {prunableWeights} from '../weight';
import {copyWeights} from './copyWeights';
import {rebuild} from './rebuild';

/** The name of the class that stands without masks for the class of a name. */
export function plainName(name: string): string {
  return (classMap()[name]?.[0] as {plainName?: string} | undefined)?.plainName ?? name;
}

/**
 * A plain tfjs model with the same outputs and the zeros baked into its weights: what to ship. The model given
 * stays as it is; the new one is compiled like it, with a fresh optimizer.
 *
 * @throws if the model has no prunable layer, or cannot be rebuilt from its configuration.
 */
export async function strip(model: LayersModel): Promise<LayersModel> {
  prunableWeights(model, 'strip');
  return rebuild('strip', model, plainName, copyWeights);
}
