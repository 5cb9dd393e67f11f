import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {classMap} from '../model/tfjs';
import {assertOptions} from '../util/options';
import type {LayerCopiers} from './copies';
import {rebuild} from './rebuild';

/** The name of the class without masks, by a class name. */
export function plainName(name: string): string {
  return (classMap()[name]?.[0] as {plainName?: string} | undefined)?.plainName ?? name;
}

/**
 * Returns a plain tfjs model with the same outputs, for deployment: the masked weights are 0. The given model is unchanged. The
 * new model is compiled like it and has its optimizer's state; custom optimizers start afresh. Training changes the zeros.
 *
 * @param options.layers Functions that copy layers, as for `prunable`.
 * @returns the plain model. It belongs to the caller.
 * @throws if the model has no masks, or cannot be rebuilt from its configuration.
 * @example
 * const plain = await strip(model);
 * console.log(`${report(plain)}`);
 */
export async function strip(model: LayersModel, options: {layers?: LayerCopiers} = {}): Promise<LayersModel> {
  const network = readNetwork('strip', model);
  if (network.weights.length === 0) {
    throw network.refuse(`model "${model.name}" has no masks, and so is plain already; use it as it is`);
  }
  assertOptions('strip', options, ['layers']);
  return rebuild(network, plainName, options.layers);
}
