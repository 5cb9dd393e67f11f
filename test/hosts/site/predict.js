import {load} from 'tfjs-pruning/runtime';

/** The predictions of the network, one example after the other. */
export async function predict(source, input) {
  const net = await load(source);
  return [...net.predict(input)];
}
