import {tensor, tidy, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Network} from '../../src/model/network';
import {rebuild} from '../../src/surgery/rebuild';
import {plainName} from '../../src/surgery/strip';
import {type Bytes, bytesOf, fromBase64, toBase64, valuesOf} from '../../src/util/bytes';

/** The weights of a copy on the host. */
export interface CopiedWeights<Values = Bytes> {
  readonly shape: readonly number[];
  readonly values: Values;
}

/**
 * Copies a model without its masks, and with the zeros that they make.
 *
 * @param weights Its weights; those that the model has now by default.
 * @throws if it cannot be rebuilt, or if the weights are of another model.
 */
export async function copyOf(network: Network, weights?: readonly CopiedWeights[]): Promise<LayersModel> {
  const copy = await rebuild(network, plainName);
  // The optimizer and its slots are not needed.
  copy.optimizer?.dispose();
  const variables = copy.weights.map((weight) => weight.read() as Variable);
  if (weights === undefined) return copy;
  const shapes = (all: readonly {shape: readonly number[]}[]) =>
    all.map(({shape}) => `[${shape}]`).join(', ');
  if (shapes(variables) !== shapes(weights)) {
    copy.dispose();
    throw network.refuse(
      `the state is of another model, one with weights of shapes ${shapes(weights)}; this one has ${shapes(variables)}`,
    );
  }
  tidy(() => {
    for (const [i, variable] of variables.entries()) {
      const {shape, dtype} = variable;
      variable.assign(tensor(valuesOf(weights[i].values, dtype), shape, dtype as 'float32'));
    }
  });
  return copy;
}

/** Reads the weights of a copy from the device. */
export function weightsOf(copy: LayersModel): Promise<CopiedWeights[]> {
  return Promise.all(
    copy.weights.map(async (weight) => {
      const variable = weight.read();
      return {shape: variable.shape, values: await bytesOf(variable)};
    }),
  );
}

export const weightsToJson = (weights: readonly CopiedWeights[]): CopiedWeights<string>[] =>
  weights.map(({shape, values}) => ({shape, values: toBase64(values)}));

export const weightsFromJson = (weights: readonly CopiedWeights<string>[]): CopiedWeights[] =>
  weights.map(({shape, values}) => ({shape, values: fromBase64(values)}));
