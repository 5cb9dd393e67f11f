import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {networks} from '../demo/networks';
import {caffeLeNet5, mobileNetV2, resNet20} from './networks';
import {type Figure, ratio, time} from './ratio';

/** The gains of compact after channel pruning, over the same network with all channels. */
export async function compacting(rounds: number): Promise<Figure[]> {
  return [
    ...(await gains('LeNet-5, 70 % of channels pruned', networks.lenet5([28, 28, 1], 10, 1), 0.7, rounds)),
    ...(await gains('LeNet-5 of Caffe, 70 %', await prunable(caffeLeNet5()), 0.7, rounds)),
    ...(await gains('ResNet-20, 50 %', await prunable(resNet20()), 0.5, rounds)),
    ...(await gains('MobileNetV2-like, 50 %', await prunable(mobileNetV2()), 0.5, rounds)),
  ];
}

async function gains(
  title: string,
  model: tf.LayersModel,
  sparsity: number,
  rounds: number,
): Promise<Figure[]> {
  const dense = await strip(model);
  await prune(model, sparsity, {pattern: channel()});
  const small = await compact(model);
  const {before, after} = compactReport(small);
  const macs = before.macs / after.macs;
  const figures = [
    {name: `compact: MACs dense / compact, ${title}`, ratio: macs, goal: ''},
    {
      name: `compact: parameters dense / compact, ${title}`,
      ratio: before.parameters / after.parameters,
      goal: '',
    },
    {
      name: `compact: file bytes dense / compact, ${title}`,
      ratio: (await bytesOf(dense)) / (await bytesOf(small)),
      goal: '',
    },
  ];
  for (const batch of [1, 32]) {
    const turns = Math.ceil(rounds / (batch === 1 ? 3 : 30));
    const x = noise([batch, ...(dense.inputs[0].shape.slice(1) as number[])]);
    figures.push({
      name: `compact: latency dense / compact on wasm, batch ${batch}, ${title}`,
      ratio: await ratio(run(dense, x), run(small, x), turns),
      goal: '',
    });
    figures.push(...(await overLayers(title, dense, small, batch, turns)));
    x.dispose();
  }
  for (const made of [model, dense, small]) made.dispose();
  return figures;
}

/**
 * For the layers over 50 µs: their expected time if speed-up equaled the reduction in MACs, over their measured time. It is
 * summed by layer, as layers with little reduction may take most of the time. Without such layers there is no figure.
 */
async function overLayers(
  title: string,
  dense: tf.LayersModel,
  small: tf.LayersModel,
  batch: number,
  rounds: number,
): Promise<Figure[]> {
  let [promised, taken, count] = [0, 0, 0];
  for (const layer of dense.layers.filter(({weights}) => weights.some(({shape}) => shape.length > 1))) {
    const pair = [layer, small.getLayer(layer.name)];
    const inputs = pair.map((one) =>
      noise([batch, ...((one.input as tf.SymbolicTensor).shape.slice(1) as number[])]),
    );
    const [all, left] = pair.map((one, i) => read(() => one.apply(inputs[i])));
    const milliseconds = await time(all, 10);
    if (milliseconds > 0.05) {
      promised += milliseconds / (macsOf(layer) / macsOf(pair[1]));
      taken += milliseconds / (await ratio(all, left, rounds));
      count++;
    }
    tf.dispose(inputs);
  }
  if (count === 0) return [];
  return [
    {
      name: `compact: speed-up / MACs reduction of ${count} layers over 50 µs, batch ${batch}, ${title}`,
      ratio: promised / taken,
      goal: '>= 0.8',
    },
  ];
}

/** Multiplications of a layer per example: each kernel element once per output position. */
function macsOf(layer: tf.layers.Layer): number {
  const [kernel] = layer.weights;
  const positions = (layer.output as tf.SymbolicTensor).shape.slice(1, -1);
  return tf.util.sizeFromShape([...kernel.shape, ...positions] as number[]);
}

/** tf.randomNormal takes some µs per number. */
function noise(shape: number[]): tf.Tensor {
  return tf.tensor(Float32Array.from({length: tf.util.sizeFromShape(shape)}, Math.random), shape);
}

function run(model: tf.LayersModel, x: tf.Tensor): () => unknown {
  return read(() => model.predict(x));
}

/** Computes and awaits the outputs, but returns none: a tidy walks through its result, number by number. */
function read(compute: () => unknown): () => void {
  return () =>
    tf.tidy(() => {
      (compute() as tf.Tensor).dataSync();
    });
}

async function bytesOf(model: tf.LayersModel): Promise<number> {
  let bytes = 0;
  await model.save(
    tf.io.withSaveHandler(async ({modelTopology, weightSpecs, weightData}) => {
      bytes =
        JSON.stringify([modelTopology, weightSpecs]).length +
        tf.io.CompositeArrayBuffer.join(weightData).byteLength;
      return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
    }),
  );
  return bytes;
}
