import type {Network} from '../../src/model/network';

/** The names and shapes of a model's weights, which are the same in every process. */
export function signatureOf({weights}: Pick<Network, 'weights'>): string[] {
  return weights.map(({name, value}) => `${name} [${value.shape}]`);
}

/** Throws unless a model has the weights of a signature. */
export function assertSameModel(network: Network, weights: readonly string[]): void {
  const own = signatureOf(network);
  if (String(own) !== String(weights)) {
    throw network.refuse(
      `the state is of another model, one with ${weights.join(', ')}; this one has ${own.join(', ')}`,
    );
  }
}
