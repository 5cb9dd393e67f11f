import {mkdirSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {writeNpy} from '../../test/support/npy';
import {seeded} from '../accuracy/seeded';
import {type NetworkName, networkNames, networkOf} from './settings';

/** The data that the libraries share for a seed: the order of the images by epoch, and the files in which others read it. */
export interface Shared {
  readonly orders: readonly Int32Array[];
  readonly order: string;
  /** The folder of a network's initial weights, of which each is a file. */
  initial(name: NetworkName): string;
}

/** Writes the initial weights of the networks, and orders of the images. */
export function exchange(seed: number, images: number, epochs: number): Shared {
  const folder = mkdtempSync(join(tmpdir(), 'peers-'));
  const initial = (name: NetworkName) => join(folder, name);
  for (const name of networkNames) {
    const model = networkOf(name, seed);
    mkdirSync(initial(name));
    for (const [i, weight] of weightsOf(model).entries()) writeNpy(join(initial(name), `${i}.npy`), weight);
    model.dispose();
  }
  const random = seeded(seed);
  const orders = Array.from({length: epochs}, () => shuffled(images, random));
  const order = join(folder, 'order.npy');
  tf.tidy(() => writeNpy(order, tf.stack(orders.map((one) => tf.tensor1d(one, 'int32')))));
  return {orders, order, initial};
}

/** Kernels and biases, without masks. */
function weightsOf(model: tf.LayersModel): tf.Tensor[] {
  return model.layers.flatMap((layer) => layer.getWeights(true));
}

function shuffled(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({length: count}, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
