import * as tf from '@tensorflow/tfjs';
import {encode} from 'tfjs-pruning';
import {load} from 'tfjs-pruning/runtime';
import {networks} from '../demo/networks';
import {architectures} from '../test/support/architectures';
import {inceptionV3} from '../test/support/inception';
import {mobileNet} from '../test/support/published';
import {caffeLeNet5, mobileNetV2, resNet20} from './networks';
import {assertEqual, repeated} from './predictions';
import {type Figure, ratio} from './ratio';

const {layers} = tf;

const sequential = (layer: tf.layers.Layer) => tf.sequential({layers: [layer]});

/** Networks that take some milliseconds, or less. */
const small: Record<string, () => tf.LayersModel> = {
  'conv of the demo': () => networks.conv([28, 28, 1], 10, 1),
  'LeNet-300-100': () => networks.mlp([28, 28, 1], 10, 1),
  'LeNet-5': () => networks.lenet5([28, 28, 1], 10, 1),
  'LeNet-5 of Caffe': caffeLeNet5,
  'ResNet-20': resNet20,
  'LSTM, 128 units, 20 steps': () => sequential(layers.lstm({units: 128, inputShape: [20, 64]})),
  'GRU, 64 units, 20 steps': () => sequential(layers.gru({units: 64, inputShape: [20, 32]})),
  'Conv1D, 64 channels, 128 steps': () =>
    sequential(layers.conv1d({filters: 64, kernelSize: 3, padding: 'same', inputShape: [128, 64]})),
  'transposed convolution, 16 channels, 28²': () =>
    sequential(layers.conv2dTranspose({filters: 8, kernelSize: 3, strides: 2, inputShape: [28, 28, 16]})),
  // The unregistered layer cannot run without tfjs.
  ...Object.fromEntries(
    architectures.filter(([name]) => !name.includes('unregistered')).map(([name, make]) => [name, make]),
  ),
};

const large: Record<string, () => tf.LayersModel | Promise<tf.LayersModel>> = {
  'MobileNetV2-like, 96²': mobileNetV2,
  'MobileNetV2 of nsfwjs, 224²': mobileNet,
  'InceptionV3 of half the width, 75²': () => inceptionV3(0.5),
};

/** The networks of the tests and the bench, with all their weights: the time of tfjs over that of the runtime. */
export async function zoo(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, make] of Object.entries(small)) {
    for (const batch of [1, 32]) figures.push(await againstTfjs(name, make(), batch, rounds));
  }
  for (const [name, make] of Object.entries(large))
    figures.push(await againstTfjs(name, await make(), 1, rounds));
  return figures;
}

async function againstTfjs(
  name: string,
  model: tf.LayersModel,
  batch: number,
  rounds: number,
): Promise<Figure> {
  const net = await load(await encode(model));
  const x = model.inputs.map(({shape}) => tf.randomUniform([batch, ...(shape.slice(1) as number[])]));
  const values = x.map((one) => one.dataSync<'float32'>().slice());
  const named = <Item>(ports: readonly {name: string}[], items: readonly Item[]) =>
    ports.length === 1 ? items[0] : Object.fromEntries(ports.map((port, i) => [port.name, items[i]]));
  const input = named(net.inputs, values) as Float32Array;
  const output = net.predict(input);
  const plain = () => tf.tidy(() => [model.predict(x, {batchSize: batch})].flat().map((y) => y.dataSync()));
  const own = () => net.predict(input, output);
  const expected = net.outputs.length === 1 ? [own()] : Object.values(own());
  plain().forEach((actual, i) => {
    assertEqual(actual as Float32Array, expected[i] as Float32Array, name);
  });
  const times = timesFor(plain);
  const figure = {
    name: `runtime: time tfjs on wasm / runtime, all weights, batch ${batch}, ${name}`,
    ratio: await ratio(repeated(plain, times), repeated(own, times), Math.max(5, Math.ceil(rounds / 20))),
    goal: '>= 1',
  };
  tf.dispose(x);
  for (const one of [model, net]) one.dispose();
  return figure;
}

/** How often to repeat what may take less than a millisecond. */
function timesFor(run: () => unknown): number {
  const begin = performance.now();
  for (let i = 0; i < 3; i++) run();
  return Math.max(1, Math.min(20, Math.ceil(9 / (performance.now() - begin))));
}
