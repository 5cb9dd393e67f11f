import {bitsOf} from './bits';
import {maskedIn, type Network} from './network';
import {type Layer, variableIn, variablesOf} from './tfjs';

/** A variable's elements, 0 if masked, or undefined if the layer has no such variable. */
export type Read = (owner: Layer, field: string) => Float32Array | undefined;

/** A network's masks, by weight name. */
export async function masksOf(network: Network): Promise<Map<string, Uint8Array>> {
  const masked = maskedIn(network);
  const bits = await Promise.all(masked.map(({mask}) => bitsOf(mask)));
  return new Map(masked.map(({value}, i) => [value.name, bits[i]]));
}

/**
 * All weights of a network on the host, 0 if masked. Do not write into them: some are memory of the backend.
 *
 * @param masks By weight name; those of the network by default.
 */
export async function readAll(network: Network, masks?: ReadonlyMap<string, Uint8Array>): Promise<Read> {
  const bitsFor = masks ?? (await masksOf(network));
  // Without the masks.
  const variables = network.leaves
    .flatMap(({layer}) => variablesOf(layer))
    .filter(({dtype}) => dtype !== 'bool');
  const values = await Promise.all(variables.map((variable) => variable.read().data<'float32'>()));
  const known = new Map(variables.map(({name}, i) => [name, zeroed(values[i], bitsFor.get(name))]));
  return (owner, field) => {
    const variable = variableIn(owner, field);
    return variable && known.get(variable.name);
  };
}

/** Values with 0 for masked elements; the array itself if there are none. */
function zeroed(values: Float32Array, bits: Uint8Array | undefined): Float32Array {
  if (!bits?.includes(0)) return values;
  const result = new Float32Array(values.length);
  for (let i = 0; i < result.length; i++) {
    if (bits[i] !== 0) result[i] = values[i];
  }
  return result;
}
