import {load} from 'tfjs-pruning/runtime';
import {predict} from './network.js';

/** The predictions of the network from a sparse file, and of the same as a module. */
export async function predictions(source, input) {
  const net = await load(source);
  return {loaded: [...net.predict(input)], shipped: [...predict(input)]};
}
